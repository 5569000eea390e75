#!/bin/sh
# assemble.sh <app> <architecture>: bundles a service and puts what its image holds into /app.
set -eu
app=$1
case $2 in
  amd64) cpu=x64 ;;
  *) cpu=$2 ;;
esac
project=apps/$app
[ -d "$project" ] || project=infra/$app

node_modules/.bin/webpack -c "$project/webpack.config.cjs" --no-devtool
node infra/images/node/select-packages.mjs /lock /app --bundle "dist/$project/main.js"
npm ci --prefix /app --ignore-scripts --os=linux "--cpu=$cpu"
mv "dist/$project/"*.js infra/images/rds-ca.pem /app/
mv infra/images/node/health-check.cjs /app/health-check.js

# What never runs: npm's records, commands, types, source maps, texts, tests, code for browsers and for ES modules (a bundle
# requires, and the packages name other files for Node), native libraries of other platforms.
cd /app
rm -rf package-lock.json node_modules/.package-lock.json node_modules/.bin
find node_modules -type f \( -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name '*.map' -o -name '*.md' \) -delete
find node_modules -type d \( -name test -o -name tests -o -name docs -o -name benchmarks \) -prune -exec rm -r {} +
rm -rf node_modules/@aws-sdk/*/dist-es node_modules/@smithy/*/dist-es node_modules/rxjs/src node_modules/rxjs/dist/es* \
  node_modules/rxjs/dist/bundles
find node_modules -type d -empty -delete
if [ -d node_modules/onnxruntime-node ]; then
  find node_modules/onnxruntime-node/bin -type f ! -path "*/linux/$cpu/*" -delete
fi
