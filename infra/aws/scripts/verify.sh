#!/usr/bin/env bash
# verify.sh <env> [seconds]: asks the health address of what deploy-stacks.sh deployed until it says "healthy"; fails when it
# does not within that time (default 300).
set -euo pipefail
environment=${1:?"Expected: $0 <env> [seconds]"}
deadline=$((SECONDS + ${2:-300}))
cd "$(dirname "$0")/.."
outputs="$PWD/outputs.$environment.json"
url=$(node -p 'require(process.argv[1])[process.argv[2]].health_url' "$outputs" "$environment-services")

answer=none
until answer=$(curl --silent --show-error --max-time 10 "$url" 2>&1) && [[ $answer == '{"status":"healthy"'* ]]; do
  if ((SECONDS >= deadline)); then
    printf '%s is not healthy. Expected {"status":"healthy",...}; its last answer:\n%s\n' "$url" "$answer" >&2
    exit 1
  fi
  sleep 5
done
printf '%s is healthy\n' "$url"
