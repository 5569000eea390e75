#!/usr/bin/env bash
# run.sh <image> <name> [-e KEY=VALUE]... [-- command...]: as `docker run --read-only --tmpfs /tmp --cap-drop ALL
# --security-opt no-new-privileges --network host`, in the foreground: prints its output, ends with its exit code.
set -euo pipefail
cd "$(dirname "$0")"
. ./store.sh
image=$1 name=$2
shift 2
bundle=$KIT_HOME/run-$name

remove() {
  $RUNC delete -f "$name" 2>/dev/null || true
  # In this order: a container that is removed while mounted leaves its mount and its layer behind.
  buildah umount "run-$name" >/dev/null 2>&1 || true
  buildah rm "run-$name" >/dev/null 2>&1 || true
}
remove # what an interrupted run has left
rm -rf "$bundle"
mkdir -p "$bundle"
trap remove EXIT

buildah from --pull=never --name "run-$name" "$image" >/dev/null
buildah inspect --type image "$image" > "$bundle/image.json"
python3 runtime_config.py "$bundle" "$(buildah mount "run-$name")" "$@"
code=0
$RUNC run --bundle "$bundle" "$name" 2>&1 || code=$?
echo "$code" > "$bundle/exit-code"
exit "$code"
