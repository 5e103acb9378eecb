# Every target does its own set-up in .venv. Needs Python 3.11 or newer, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup lab test lesson docs expected run bench clean

setup: $(VENV)/.lab

$(VENV)/.lab: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "labkit needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.lab
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Opens the workbook.
lab: setup
	$(BIN)/labkit lab $(ARGS)

# Everything that must hold: style, types, layers, tests, lessons.
test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)
	$(BIN)/python -m pytest --nbval tests/expected -p no:cacheprovider -n 2 --dist loadfile

# One lesson: its head, its expected outputs, its form and its three lanes. make lesson L=06
lesson: docs
	$(BIN)/python tests/expected/renew.py $(L)
	$(BIN)/python -m pytest -q tests/lessons -k '$(L)-' $(ARGS)

# Writes what follows from data/lessons.yaml: the table in README.md, the heads of the notebooks.
docs: $(VENV)/.dev
	$(BIN)/python docs/build.py

# Runs the lessons, solved, and keeps what they print; read the difference before you commit it.
expected: $(VENV)/.dev
	$(BIN)/python tests/expected/renew.py

# Every notebook from top to bottom, headless, with a report in run-output/.
run: setup
	$(BIN)/labkit run $(ARGS)

# Speed and size, as ratios within one run.
bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m pytest tests/benchmarks --no-header -q -rP $(ARGS)

clean:
	rm -rf $(VENV) run-output
