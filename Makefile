PYTHON ?= python3
PIP_FLAGS ?=
BENCH_FLAGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet $(PIP_FLAGS)
PAGE := _build/html/index.html

.DEFAULT_GOAL := help
.PHONY: help lint check book test reference bench clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

lint: .venv/ready ## format, lint and types
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

check: lint ## lint, and the fast tests on both cores: the loop of seconds, which needs no book
	@$(BIN)/python tests/helpers/compile.py
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow" --hypothesis-profile=quick tests/unit tests/theory tests/book

book: .venv/ready ## set up .venv, execute the chapters, write the pages
	@echo "==> chapters: papermill runs what is stale, two at a time"
	@$(BIN)/python -m compnet_book.runs
	@echo "==> book: writing the pages from the runs"
	@$(BIN)/jupyter-book build book -W --keep-going
	@echo "==> file://$(CURDIR)/$(PAGE)"

test: book ## set up .venv, run every chapter once, render the book from the runs, then every test
	@echo "==> tests, and the chapters' outputs against their references"
	@BOOK_REQUIRED=1 $(BIN)/python -m pytest -n 2 --dist loadgroup --nbval tests book

reference: .venv/ready ## keep the chapters' outputs as references, and show what changed
	@$(BIN)/python -m compnet_book.runs
	@$(BIN)/python tests/helpers/make_reference.py

bench: .venv/ready ## measure how fast stacks train (two minutes; BENCH_FLAGS=--quick: half of one)
	@$(BIN)/python -m benchmarks.speed $(BENCH_FLAGS)

clean: ## remove what was built, environment included
	rm -rf _build .venv *.egg-info

# The stamp is written last. Where it is missing, an earlier run did not finish: start over.
.venv/ready: requirements.txt pyproject.toml
	@test -f $@ || { echo "==> environment: .venv"; $(PYTHON) -m venv --clear .venv; }
	@rm -f $@
	@echo "==> environment: packages of requirements.txt (a minute or two)"
	@$(PIP) --requirement requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@
