# Sourced by the scripts here: stacks of one environment, synthesised once.
#   select_stacks <env> <storage|foundation|services>...
# sets `environment`, `names` (of the stacks) and `variables` (options of cdktf), and leaves us in infra/aws.

select_stacks() {
  if [ $# -lt 2 ]; then
    echo "Expected: $0 <env> <storage|foundation|services>..." >&2
    return 2
  fi
  environment=$1
  shift
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  export TIDEGATE_ENVIRONMENT=$environment CI=${CI:-true} CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1

  names=()
  variables=()
  local images="$PWD/images.$environment.tfvars.json"
  for stack in "$@"; do
    names+=("$environment-$stack")
    if [ "$stack" = services ]; then
      if [ ! -f "$images" ]; then
        echo "$images is missing: run \"tidegate images push $environment\" first." >&2
        return 1
      fi
      variables=(--var-file "$images")
    fi
  done

  npx cdktf synth
  # What a runner keeps in a file is gone with the runner, and with it all knowledge of what was deployed.
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    for name in "${names[@]}"; do
      node -e 'process.exit(require(process.argv[1]).terraform.backend.local ? 1 : 0)' "$PWD/cdktf.out/stacks/$name/cdk.tf.json" || {
        echo "$name keeps its state in a local file. Expected \"stateBucket\" in the environment's settings: see docs/deploy.md." >&2
        return 1
      }
    done
  fi
}
