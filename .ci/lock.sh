#!/bin/sh
# Which versions exactly? Writes requirements.lock, requirements-dev.lock and tests/fuzz/requirements.lock, for every
# Python from 3.11 on, on Linux.
#
#   lock.sh PYTHON
#
# The files name versions and hashes only: no index, no folder, so they serve behind any mirror.
set -eu
cd "$(dirname "$0")/.."

tools=.venv-lock
trap 'rm -rf "$tools"' EXIT
"$1" -m venv --clear "$tools"
"$tools/bin/python" -m pip -qq --disable-pip-version-check install uv

unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_FIND_LINKS
compile() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
        --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@"
}
whole="--group pyproject.toml:build pyproject.toml"
# shellcheck disable=SC2086  # three words
{
    compile $whole --output-file requirements.lock
    compile $whole --extra test --constraint requirements.lock --output-file requirements-dev.lock
}
compile --group pyproject.toml:fuzz --output-file tests/fuzz/requirements.lock
