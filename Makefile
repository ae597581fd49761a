# make demo   the whole sample campaign on mail servers of its own, on this machine
# make desk   the desk of this folder, in the browser
# make test   the tests
# Both set everything up first; nothing else is asked.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo desk test check format lint types contracts bench locale pictures lock clean

demo: $(READY)
	$(BIN)/mailer demo

desk: $(READY)
	$(BIN)/mailer desk

test: $(READY)
	$(BIN)/pytest

check: format lint types contracts test

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m bench

# The pictures of the mail as browsers show it (needs Chromium).
pictures: $(READY)
	$(BIN)/python docs/pictures.py build/pictures
	$(BIN)/python docs/pictures_desk.py build/pictures

# The sentences: gather them from the code, then compile the translations.
locale: $(READY)
	$(BIN)/python docs/catalogue.py

# Pins with hashes and without the address of any index; needs uv.
lock:
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command "make lock" --quiet --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11 ..."; exit 1; }
	@echo "Setting up in $(VENV) (once, about a minute)..."
	@$(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		VIRTUAL_ENV=$(VENV) uv pip install --quiet --require-hashes -r requirements.lock \
		&& VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-build-isolation --no-deps -e .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .; \
	fi
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
