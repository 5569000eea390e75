#!/usr/bin/env bash
# plan-stacks.sh <env> <storage|foundation|services>...: what a deployment would change; on GitHub also in the job's summary.
set -euo pipefail
. "$(dirname "$0")/stacks.sh"
select_stacks "$@"
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
for name in "${names[@]}"; do
  plan="cdktf.out/$name.plan.txt"
  npx cdktf diff "$name" --skip-synth --no-color --skip-provider-lock --ignore-missing-stack-dependencies \
    "${variables[@]}" | tee "$plan"
  # A summary takes 1 MiB.
  printf '<details><summary><b>%s</b>: %s</summary>\n\n```\n%s\n```\n\n</details>\n\n' \
    "$name" "$(grep -oE 'Plan: .*|No changes\.' "$plan" | tail -1)" "$(head -c 300000 "$plan")" >>"$summary"
done
