#!/usr/bin/env bash
# base-images.sh: stand-ins for the base images of our Dockerfiles, from Debian's packages and npm's. For machines that
# reach no image registry; makes what is missing (about 40 s), does nothing when both are there.
set -euo pipefail
cd "$(dirname "$0")"
. ./store.sh
NODE_IMAGE=public.ecr.aws/docker/library/node:24-bookworm-slim NODE_VERSION=24.21.0 NPM_VERSION=11.21.2
PYTHON_IMAGE=public.ecr.aws/docker/library/python:3.11-slim
SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
have() { buildah inspect --type image "$1" >/dev/null 2>&1; }
if have "$NODE_IMAGE" && have "$PYTHON_IMAGE"; then exit 0; fi

case $(uname -m) in aarch64) cpu=arm64 ;; *) cpu=x64 ;; esac
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u | head -1)
downloads=$KIT_HOME/downloads
mkdir -p "$downloads"
# In memory: dpkg waits for the disk after every file.
scratch=$(mktemp -d /dev/shm/tidegate-images.XXXX)
trap 'rm -rf "$scratch"' EXIT

debian_root() { # debian_root <file> <package>...
  local file=$downloads/$1
  shift
  [ -s "$file" ] && return
  TMPDIR=$scratch mmdebstrap --quiet --format=tar --variant=essential \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --include="$(IFS=, && echo "$*")" bookworm "$file.part" "$mirror"
  mv "$file.part" "$file"
}

npm_package() { # npm_package <name>@<version> <file>
  [ -s "$downloads/$2" ] || (cd "$downloads" && npm pack --silent "$1" >/dev/null)
}

image() { # image <name> <root file> <function that completes $root> [buildah config option]...
  local name=$1 file=$downloads/$2 complete=$3 container
  shift 3
  container=$(buildah from scratch)
  root=$(buildah mount "$container")
  tar -xf "$file" -C "$root" --numeric-owner
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/apt
  : > "$root/etc/hostname"
  : > "$root/etc/resolv.conf"
  "$complete"
  buildah umount "$container" >/dev/null
  buildah config --env "PATH=$SYSTEM_PATH" "$@" "$container"
  buildah commit -q --rm "$container" "$name" >/dev/null
}

add_node() {
  mkdir -p "$root/usr/local/lib/node_modules/npm" "$root/home/node"
  tar -xzf "$downloads/node-linux-$cpu-$NODE_VERSION.tgz" --no-same-owner -C "$scratch" package/bin/node
  install -m 755 "$scratch/package/bin/node" "$root/usr/local/bin/node"
  tar -xzf "$downloads/npm-$NPM_VERSION.tgz" --no-same-owner --strip-components=1 -C "$root/usr/local/lib/node_modules/npm"
  chmod 755 "$root"/usr/local/lib/node_modules/npm/bin/*.js
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  echo 'node:x:1000:1000::/home/node:/bin/bash' >> "$root/etc/passwd"
  echo 'node:x:1000:' >> "$root/etc/group"
  chown 1000:1000 "$root/home/node"
  # As the original's: runs what is a command, hands the rest to node.
  cat > "$root/usr/local/bin/docker-entrypoint.sh" <<'SH'
#!/bin/sh
set -e
if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ] || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then
  set -- node "$@"
fi
exec "$@"
SH
  chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"
}

add_python_names() {
  rm -f "$root"/usr/lib/python3.11/EXTERNALLY-MANAGED
  ln -s /usr/bin/python3.11 "$root/usr/local/bin/python3"
  ln -s python3 "$root/usr/local/bin/python"
}

npm_package "node-linux-$cpu@$NODE_VERSION" "node-linux-$cpu-$NODE_VERSION.tgz" & jobs=$!
npm_package "npm@$NPM_VERSION" "npm-$NPM_VERSION.tgz" & jobs+=" $!"
debian_root node-root.tar ca-certificates netbase tzdata apt libstdc++6 & jobs+=" $!"
debian_root python-root.tar ca-certificates netbase tzdata apt python3.11 python3.11-venv python3-pip & jobs+=" $!"
for job in $jobs; do wait "$job"; done

image "$NODE_IMAGE" node-root.tar add_node --cmd node --entrypoint '["docker-entrypoint.sh"]'
image "$PYTHON_IMAGE" python-root.tar add_python_names --cmd python3 --env LANG=C.UTF-8
