#!/bin/sh
# Makes out/connector.wasm, a core module; `countersign build` makes the component of it. Nothing is downloaded.
set -eu
cd "$(dirname "$0")"
# Go puts its cache by HOME, and refuses to build where neither is set.
if [ -z "${GOCACHE:-}${XDG_CACHE_HOME:-}${HOME:-}" ]; then
    export GOCACHE="$PWD/out/cache"
fi
# Paths of this machine and the state of its git would make the same source another component elsewhere.
GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN=local GOWORK=off \
    go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags="-s -w" -o out/connector.wasm .
