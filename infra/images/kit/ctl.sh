#!/usr/bin/env bash
# ctl.sh health <name>               the image's own health check, as the engine would run it
# ctl.sh exec <name> <command>...    a command inside
# ctl.sh stop <name> [seconds]       its stop signal; SIGKILL after that time (default 30)
set -euo pipefail
. "$(dirname "$0")/store.sh"
action=$1 name=$2
shift 2
bundle=$KIT_HOME/run-$name
case $action in
  health)
    mapfile -t check < <(python3 -c 'import json, sys; print(*json.load(open(sys.argv[1])), sep="\n")' "$bundle/health.json")
    exec $RUNC exec "$name" "${check[@]}"
    ;;
  exec) exec $RUNC exec "$name" "$@" ;;
  stop)
    [ -e "$bundle/exit-code" ] && exit
    $RUNC kill "$name" "$(cat "$bundle/stop-signal")"
    for _ in $(seq $((10 * ${1:-30}))); do
      [ -e "$bundle/exit-code" ] && exit
      sleep .1
    done
    $RUNC kill "$name" SIGKILL
    ;;
  *)
    echo "ctl.sh: unknown action $action. Use health, exec or stop." >&2
    exit 2
    ;;
esac
