PYTHON ?= python3
PIP_FLAGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet $(PIP_FLAGS)
PAGE := _build/html/index.html

.DEFAULT_GOAL := help
.PHONY: help book test clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

book: .venv/ready ## set up .venv, execute the chapters, write the pages
	@echo "==> book: executing what changed, writing the pages"
	@$(BIN)/jupyter-book build book -W --keep-going
	@echo "==> file://$(CURDIR)/$(PAGE)"

test: book ## the book, then every test
	@echo "==> tests"
	@BOOK_REQUIRED=1 $(BIN)/python -m pytest

clean: ## remove what was built, environment included
	rm -rf _build .venv compnet.egg-info

# The stamp is written last. Where it is missing, an earlier run did not finish: start over.
.venv/ready: requirements.txt pyproject.toml
	@test -f $@ || { echo "==> environment: .venv"; $(PYTHON) -m venv --clear .venv; }
	@rm -f $@
	@echo "==> environment: packages of requirements.txt (a minute or two)"
	@$(PIP) --requirement requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@
