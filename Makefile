# Needs make and Python 3.11 or newer, nothing else: everything goes into $(VENV).
# The targets work from a fresh clone and under any activated environment.

VENV := .venv

# The first of these that is new enough and can make an environment; or say make PYTHON=...
PYTHON := python3.13 python3.12 python3.11 python3 python

# pytest-xdist's worker processes: make test WORKERS=0 runs everything in one. And anything else
# for pytest: make test ARGS="-k cycle --rewrite".
WORKERS := auto
ARGS :=

BIN := $(VENV)/bin

# An environment from outside must neither lend packages nor receive any.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_PREFIX PIP_TARGET PIP_USER

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test test-engines check lint types imports fix bench constraints clean stale

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.dev  ## make the environment with everything for development
	@echo "ready: . $(BIN)/activate, or call $(BIN)/kpitree"

demo: $(VENV)/.runtime  ## evaluate the sample sales tree (installs only what it needs)
	@"$(BIN)/kpitree" eval trees/sales.toml

test: $(VENV)/.dev  ## run the tests
	"$(BIN)/python" -m pytest --numprocesses=$(WORKERS) $(ARGS)

test-engines: $(VENV)/.engines  ## run the tests on DuckDB, PostgreSQL and Spark (needs Java 17)
	"$(BIN)/python" -m pytest tests/engines tests/extras $(ARGS)

check: lint types imports test  ## everything CI and pre-commit ask for

lint: $(VENV)/.dev  ## check: format and lint
	"$(BIN)/python" -m ruff format --check .
	"$(BIN)/python" -m ruff check .

types: $(VENV)/.dev  ## check: mypy, strict
	"$(BIN)/python" -m mypy

imports: $(VENV)/.dev  ## check: imports only look down
	"$(BIN)/lint-imports" --no-cache --no-logo

fix: $(VENV)/.dev  ## format, and mend what ruff can mend
	"$(BIN)/python" -m ruff check --fix .
	"$(BIN)/python" -m ruff format .

# make bench BIG=1 for 100 million rows as well; ARGS="--only rows", ARGS=--write, ...
bench: $(VENV)/.dev  ## measure start-up, speed and memory side by side with DuckDB and polars
	"$(BIN)/python" bench/run.py $(if $(BIG),--big) $(ARGS)

constraints: $(VENV)/.dev  ## renew constraints.txt: the newest versions, resolved from nothing
	"$(BIN)/python" -m venv --clear "$(VENV)/resolve"
	"$(VENV)/resolve/bin/python" -m pip install --quiet --upgrade-strategy eager '.[dev,engines]' hatchling editables
	{ sed '/^[^#]/d' constraints.txt; \
	  "$(VENV)/resolve/bin/python" -m pip freeze --local --exclude kpitree; } > $(VENV)/constraints.txt
	rm -rf "$(VENV)/resolve"
	mv $(VENV)/constraints.txt constraints.txt

clean:  ## remove the environment and everything made on the way
	rm -rf .venv dist build .bench .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find src tests bench sample_data -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------------- the environment
#
# Three stamps, .runtime, .dev and .engines, each newer than the files that say what to install. The file
# .home holds the folder the environment was made for: copied elsewhere, its scripts and its
# link to src/ would still lead to the original, so it is made anew. So it is without pyvenv.cfg, as
# two runs at once may leave it: its python would be the one it was made of, and pip fill that.

FRESH := test -x "$(BIN)/python" && test -f "$(VENV)/pyvenv.cfg" && test "$$(cat "$(VENV)/.home" 2>/dev/null)" = "$$(pwd -P)"
STALE := $(shell { $(FRESH); } || echo stale)

# Pins hold for the build backend too; old and new versions of pip look at different names.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-input

# As pip does for what is not editable: where PYTHONDONTWRITEBYTECODE is set, nothing else would.
COMPILE := "$(BIN)/python" -m compileall -q src

define environment
{ $(FRESH); } || { \
	for python in $(PYTHON) none; do \
		test $$python != none || { \
			echo "kpitree needs Python 3.11 or newer with its venv module; none of these is:" \
				"$(PYTHON). Install one, or name one: make PYTHON=/path/to/python3" >&2; \
			exit 1; }; \
		$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
			2>/dev/null && break; \
	done; \
	echo "setting up $(VENV) with $$python (once)" >&2; \
	$$python -m venv --clear "$(VENV)" && pwd -P > "$(VENV)/.home"; }
endef

$(VENV)/.runtime: pyproject.toml constraints.txt $(STALE)
	@$(environment)
	@$(INSTALL) --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(STALE)
	@$(environment)
	@$(INSTALL) --editable '.[dev]'
	@$(COMPILE)
	@touch $(VENV)/.runtime $@

$(VENV)/.engines: $(VENV)/.dev
	@echo "installing the engines into $(VENV) (once)" >&2
	@$(INSTALL) --editable '.[dev,engines]'
	@touch $@
