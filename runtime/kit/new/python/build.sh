#!/bin/sh
# Makes target/component.wasm. `countersign build` runs this, and packs what it makes.
set -eu
cd "$(dirname "$0")"
sdk=vendor/countersign
wit=wit
world=connector
module=provider

# The pinned compiler: from PATH, or in .venv, which is made if it is not there.
wanted=$(sed -n 's/^componentize-py==\([0-9.]*\).*/\1/p' requirements.txt)
compiler=componentize-py
if [ "$("$compiler" --version 2>/dev/null)" != "componentize-py $wanted" ]; then
    compiler=.venv/bin/componentize-py
    if [ "$("$compiler" --version 2>/dev/null)" != "componentize-py $wanted" ]; then
        python3 -m venv .venv
        .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
    fi
fi

# From a copy: it leaves caches beside what it reads. Modules of PyPI (pure Python only) go to vendor/, by
# `pip install --target vendor`.
rm -rf target/source
mkdir -p target/source
cp -R ./*.py "$sdk" target/source/
[ ! -d vendor ] || cp -R vendor/. target/source/

# Not what else is installed on this machine.
unset VIRTUAL_ENV PYTHONPATH
"$compiler" --quiet --wit-path "$wit" --world "$world" componentize --python-path target/source --output target/component.wasm "$module"
