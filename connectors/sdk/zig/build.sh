#!/bin/sh
# Makes build/connector.wasm of a Zig file: sh build.sh connector.zig
set -eu
sdk=$(dirname "$0")
if command -v zig >/dev/null 2>&1; then
    zig=zig
elif python3 -m ziglang version >/dev/null 2>&1; then
    zig='python3 -m ziglang'
else
    echo 'there is no Zig: pip install ziglang==0.15.2, or get it from https://ziglang.org/download' >&2
    exit 1
fi
# Zig changes its library from one 0.x to the next.
case $($zig version) in
0.15.*) ;;
*) echo "this SDK is written for Zig 0.15, and may not compile with $($zig version): pip install ziglang==0.15.2" >&2 ;;
esac
mkdir -p build
# Safe: an overflow or a bound that is passed ends the call, and its log says why. A send needs little stack, and the
# smaller an instance's memory, the cheaper its reset; unless told, it is 16 MiB.
exec $zig build-exe -target wasm32-freestanding -OReleaseSafe -fstrip -fno-entry -rdynamic --stack 131072 \
    --dep countersign --dep connector -Mroot="$sdk/root.zig" \
    --dep countersign -Mconnector="$1" \
    -Mcountersign="$sdk/countersign.zig" \
    --cache-dir build/cache -femit-bin=build/connector.wasm
