#!/usr/bin/env bash
# deploy-stacks.sh <env> <storage|foundation|services>...: deploys them in the order of their dependencies, without asking.
# Their outputs are in infra/aws/outputs.<env>.json afterwards.
set -euo pipefail
. "$(dirname "$0")/stacks.sh"
select_stacks "$@"
# With more than one stack the option would also forget in which order they go.
alone=()
if ((${#names[@]} == 1)); then alone=(--ignore-missing-stack-dependencies); fi
npx cdktf deploy "${names[@]}" --skip-synth --auto-approve --no-color --skip-provider-lock \
  "${alone[@]}" --outputs-file "$PWD/outputs.$environment.json" "${variables[@]}"
