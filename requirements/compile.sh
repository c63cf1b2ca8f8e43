#!/bin/sh
# Recompile the pinned requirement files. Index addresses are left out on purpose.
set -eu
cd "$(dirname "$0")/.."
UV="${UV:-.venv/bin/uv}"
compile() {
    "$UV" pip compile -q --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header "$@"
}
compile pyproject.toml requirements/run.in -o requirements/run.txt
compile pyproject.toml requirements/run.in requirements/dev.in -c requirements/run.txt -o requirements/dev.txt
compile requirements/uv.in -o requirements/uv.txt
compile requirements/bench.in -o requirements/bench.txt
compile requirements/spark.in -c requirements/run.txt -o requirements/spark.txt
