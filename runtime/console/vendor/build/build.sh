#!/usr/bin/env bash
# Build htmx.js, codemirror.js, LICENSES and SHA256SUMS.
#
#   runtime/console/vendor/build/build.sh          # into runtime/console/vendor
#   runtime/console/vendor/build/build.sh FOLDER   # somewhere else
#
# Needs Node and npm. The packages are unpacked in target/vendored, so that none lies in the source tree.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
out=${1:-$here/..}
mkdir -p "$out" "$root/target/vendored"
out=$(cd "$out" && pwd)
cd "$root/target/vendored"
cp "$here"/{package.json,package-lock.json,entry.js,licences.mjs} .
# No package's own script runs: esbuild's binary is a package of its own, and starts without one.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
node_modules/.bin/esbuild entry.js --bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=none \
    --log-level=warning --metafile=meta.json --outfile="$out/codemirror.js"
cp node_modules/htmx.org/dist/htmx.min.js "$out/htmx.js"
node licences.mjs meta.json "$out/LICENSES"
cd "$out"
sha256sum LICENSES codemirror.js htmx.js >SHA256SUMS
