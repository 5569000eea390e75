# To be sourced: an image store of our own, so that nothing touches the machine's and one rm -r drops everything.
KIT_HOME=${KIT_HOME:-${TMPDIR:-/tmp}/tidegate-images}
mkdir -p "$KIT_HOME/tmp"
cat > "$KIT_HOME/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$KIT_HOME/graph"
runroot = "$KIT_HOME/run"
CONF
export KIT_HOME CONTAINERS_STORAGE_CONF="$KIT_HOME/storage.conf"
export BUILDAH_ISOLATION=chroot
export BUILDAH_FORMAT=docker # OCI's format drops HEALTHCHECK
RUNC="runc --root $KIT_HOME/runc"
