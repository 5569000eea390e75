#!/usr/bin/env bash
# plan-stacks.sh <env> <storage|foundation|services>...: what a deployment would change; on GitHub also in the job's summary.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "Expected: $0 <env> <storage|foundation|services>..." >&2
  exit 2
fi
environment=$1
shift
cd "$(dirname "$0")/.."
export TIDEGATE_ENVIRONMENT=$environment CI=${CI:-true} CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1
images="$PWD/images.$environment.tfvars.json"
summary=${GITHUB_STEP_SUMMARY:-/dev/null}

npx cdktf synth
for stack in "$@"; do
  name=$environment-$stack
  variables=()
  if [ "$stack" = services ]; then
    if [ ! -f "$images" ]; then
      echo "$images is missing: run \"tidegate images push $environment\" first." >&2
      exit 1
    fi
    variables=(--var-file "$images")
  fi
  plan="cdktf.out/$name.plan.txt"
  npx cdktf diff "$name" --skip-synth --no-color --skip-provider-lock --ignore-missing-stack-dependencies \
    "${variables[@]}" | tee "$plan"
  # A summary takes 1 MiB.
  printf '<details><summary><b>%s</b>: %s</summary>\n\n```\n%s\n```\n\n</details>\n\n' \
    "$name" "$(grep -oE 'Plan: .*|No changes\.' "$plan" | tail -1)" "$(head -c 300000 "$plan")" >>"$summary"
done
