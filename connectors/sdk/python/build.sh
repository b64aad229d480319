#!/bin/sh
# Makes target/component.wasm of a module of this folder: sh build.sh MODULE [WORLD]
#
# `countersign build` runs this in the connector's folder, and packs what it makes. The contract lies three folders above
# the SDK, in a new connector's folder as in Countersign's repository.
set -eu
sdk=$(dirname "$0")
module=$1
world=${2:-connector}

# The pinned compiler: from PATH, or in .venv, which is made if it is not there.
wanted=$(sed -n 's/^componentize-py==\([0-9.]*\).*/\1/p' "$sdk/requirements.txt")
compiler=componentize-py
if [ "$("$compiler" --version 2>/dev/null)" != "componentize-py $wanted" ]; then
    compiler=.venv/bin/componentize-py
    if [ "$("$compiler" --version 2>/dev/null)" != "componentize-py $wanted" ]; then
        python3 -m venv .venv
        .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$sdk/requirements.txt"
    fi
fi

# From a copy: it leaves caches beside what it reads. Modules of PyPI (pure Python only) go to vendor/, by
# `pip install --target vendor`; the SDK that lies there goes without what is no module.
rm -rf target/source
mkdir -p target/source
cp -R ./*.py "$sdk/countersign" target/source/
for vendored in vendor/*; do
    case $vendored in
    'vendor/*' | vendor/sdk) ;;
    *) cp -R "$vendored" target/source/ ;;
    esac
done

# Not what else is installed on this machine.
unset VIRTUAL_ENV PYTHONPATH
"$compiler" --quiet --wit-path "$sdk/../../../wit" --world "$world" componentize --python-path target/source --output target/component.wasm "$module"
