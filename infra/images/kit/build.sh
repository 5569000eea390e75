#!/usr/bin/env bash
# build.sh <tag> <context> [option of docker build]...: as `docker build -t <tag> ... <context>`. The machine's
# certificates, which npm and pip may need here, are build secrets: no layer has them.
set -euo pipefail
. "$(dirname "$0")/store.sh"
tag=$1 context=$2
shift 2
secrets=$(mktemp -d "$KIT_HOME/secrets.XXXX")
trap 'rm -rf "$secrets"' EXIT
printf 'cafile=/run/secrets/hostca\naudit=false\nfund=false\nupdate-notifier=false\n' > "$secrets/npmrc"
printf '[global]\ncert = /run/secrets/hostca\ntimeout = 180\n' > "$secrets/pip.conf"
TMPDIR=$KIT_HOME/tmp buildah bud --pull=never --format docker --layers \
  --secret id=hostca,src=/etc/ssl/certs/ca-certificates.crt \
  --secret id=npmrc,src="$secrets/npmrc" --secret id=pipconf,src="$secrets/pip.conf" \
  --tag "$tag" "$@" "$context"
