# Two commands: `make demo` runs the main job, `make test` passes the tests. Each sets up what it needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# The words of the command line's parser are translated with ours.
PARSER = $$($(BIN)/python -c 'import click, pathlib; print(pathlib.Path(click.__file__).parent)')
ARGS ?=

.PHONY: demo test browser screenshots setup setup-dev bench-setup check format messages requirements clean

demo: setup
	$(BIN)/townwright demo $(ARGS)

test: setup-dev
	$(BIN)/pytest -n auto -q $(ARGS)

# All journeys and accessibility checks in a real Chromium; their counts stand in the last lines.
browser: setup-dev
	TOWNWRIGHT_EVERY_VIEW=1 $(BIN)/pytest -q -m browser tests/browser $(ARGS)

# Every page at three widths, light and dark: make screenshots DIR=pictures
screenshots: setup-dev
	TOWNWRIGHT_SCREENSHOTS=$(DIR) $(BIN)/pytest -q -s -m browser tests/browser/test_screenshots.py $(ARGS)

setup: .venv/.run

setup-dev: .venv/.dev

.venv/.uv: requirements/uv.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements/uv.txt
	touch $@

.venv/.run: .venv/.uv requirements/run.txt pyproject.toml hatch_build.py $(wildcard package.json package-lock.json vite.config.js src/townwright/site/frontend/*)
	$(BIN)/uv pip install -q --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/uv pip install -q --require-hashes -r requirements/dev.txt
	touch $@

# The peers that the benches measure against, in an environment and processes of their own: the product never imports them.
bench-setup: .venv-bench/.bench

.venv-bench/.bench: .venv/.uv requirements/bench.txt
	$(BIN)/uv venv -q --clear --python $(BIN)/python .venv-bench
	VIRTUAL_ENV=.venv-bench $(BIN)/uv pip install -q --require-hashes -r requirements/bench.txt
	touch $@

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup-dev
	mkdir -p build
	PYTHONPATH=. $(BIN)/pybabel extract -F babel.cfg -k gettext_lazy --no-location -o build/messages.pot src/townwright $(PARSER)
	$(BIN)/pybabel update -i build/messages.pot -d src/townwright/locale -l zh_Hans -D django --no-fuzzy-matching --no-wrap
	$(BIN)/pybabel compile -d src/townwright/locale -D django

requirements:
	sh requirements/compile.sh

clean:
	rm -rf .venv .venv-bench node_modules build dist
