#!/bin/sh
# Makes build/connector.wasm of C files: sh build.sh connector.c …
#
# A component imports and holds only what it uses, so all of the SDK is given to the compiler.
set -eu
sdk=$(dirname "$0")
if command -v zig >/dev/null 2>&1; then
    zig=zig
elif python3 -m ziglang version >/dev/null 2>&1; then
    zig='python3 -m ziglang'
else
    echo 'there is no C compiler for WebAssembly: pip install ziglang==0.15.2, or get Zig from https://ziglang.org/download' >&2
    exit 1
fi
mkdir -p build
# A send needs little stack, and the smaller an instance's memory, the cheaper its reset; unless told, it is 16 MiB.
# Zig lets the stack lie first, so that what overflows it ends the call instead of overwriting data.
exec $zig cc --target=wasm32-wasi -mexec-model=reactor -std=c23 -Os -s \
    -Wall -Wextra -fno-ident -ffunction-sections -fdata-sections \
    -Wl,-z,stack-size=65536 \
    -I "$sdk" "$@" "$sdk"/*.c -o build/connector.wasm
