# Everything that is done with this repository. `make demo` and `make test` set up all they need.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SHARED ?= ../shared
DEMO = demo-corpus

.PHONY: demo test lint bench gate clean install

install: $(VENV)/.installed

# Installed afresh whenever the package's files, its dependencies or the pins changed: pyright and the tests see what users get.
SOURCES := pyproject.toml constraints.txt $(shell find align cli data eval models -type f -not -path '*/__pycache__/*') __init__.py __main__.py
$(VENV)/.installed: $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24" -c constraints.txt
	$(BIN)/python -m pip install --quiet -e ".[dev]" --config-settings editable_mode=strict -c constraints.txt
	touch $@

demo: install
	rm -rf $(DEMO)
	$(BIN)/songngu build data/samples/reports --source fr --target vi --out $(DEMO)
	$(BIN)/songngu score translation --corpus $(DEMO) --model precomputed:data/samples/gold/translations.vi.tsv
	$(BIN)/python -m benchmarks.demo $(DEMO)

test: install
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

gate: install
	$(BIN)/python -m pytest tests/test_gate.py

# Speed and quality beside peers, on the evaluation data in $(SHARED); the tables of README.md come from here.
bench: install
	$(BIN)/python -m benchmarks.encoding --shared $(SHARED)
	$(BIN)/python -m benchmarks.splitting --shared $(SHARED)
	$(BIN)/python -m benchmarks.alignment $(SHARED) --peers
	$(BIN)/python -m benchmarks.pairing --shared $(SHARED)
	$(BIN)/python -m benchmarks.filtering --shared $(SHARED)
	$(BIN)/python -m benchmarks.exporting

clean:
	rm -rf $(VENV) $(DEMO) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
