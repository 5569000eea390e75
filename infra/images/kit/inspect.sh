#!/usr/bin/env bash
# inspect.sh <image> <base image>: the image's configuration, and every file that its layers add to the base image (also
# those that a later layer hides), as JSON.
set -euo pipefail
cd "$(dirname "$0")"
. ./store.sh
id_of() { buildah inspect --type image --format '{{.FromImageID}}' "$1"; }
buildah inspect --type image "$1" | python3 list_layers.py "$KIT_HOME/graph" "$(id_of "$1")" "$(id_of "$2")"
