#!/usr/bin/env bash
# deploy-stacks.sh <env> <storage|foundation|services>...: deploys them in the order of their dependencies, without asking.
# Their outputs are in infra/aws/outputs.<env>.json afterwards.
set -euo pipefail
. "$(dirname "$0")/stacks.sh"
select_stacks "$@"
npx cdktf deploy "${names[@]}" --skip-synth --auto-approve --no-color --skip-provider-lock \
  --ignore-missing-stack-dependencies --outputs-file "$PWD/outputs.$environment.json" "${variables[@]}"
