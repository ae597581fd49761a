# make demo   the whole sample campaign on mail servers of its own, on this machine
# make desk   the desk of this folder, in the browser
# make test   the tests, but for the slow ones
# Each sets everything up first; nothing else is asked.
#
# For developers:
# make quick      the pure packages and one whole journey, in under a minute
# make test-all   the slow tests too: a simulated month, killings, every screen for axe, the keyboard
# make slow       these alone
# COVER=1         in front of make test and make slow prints the coverage of both; make test-all always does
# make soak       what is counted in thousands; SOAK=0.02 a fiftieth of it, SEED=1234 the same again
# make check      format, lint, types, import contracts and make test

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# As many processes as there are processors, and no more than a small machine's memory holds.
SUITE := $(BIN)/pytest -q -n auto --maxprocesses 8 --dist worksteal --durations 10 --durations-min 1
# Measuring costs a quarter of the time: test-all does, and make test where COVER is set, as in CI.
COVERAGE := --cov --cov-report term
PURE := ical mime contacts campaign compose outbox inbox classify ledger exports polls
SOAK ?= 1
SEED ?=

.PHONY: demo desk test test-all slow quick soak check format lint types contracts bench locale pictures lock clean

demo: $(READY)
	$(BIN)/mailer demo

desk: $(READY)
	$(BIN)/mailer desk

test: $(READY)
	$(SUITE) $(if $(COVER),$(COVERAGE)) -m "not slow and not soak"

test-all: $(READY)
	$(SUITE) $(COVERAGE) -m "not soak"

slow: $(READY)
	$(SUITE) $(if $(COVER),$(COVERAGE) --cov-append) -m "slow and not soak"

quick: $(READY)
	$(SUITE) -m "not slow and not soak" $(PURE:%=tests/%) \
		tests/journeys/test_hellemmes.py::test_the_sample_campaign

soak: $(READY)
	@seed="$(SEED)"; seed="$${seed:-$$($(BIN)/python -c 'import secrets; print(secrets.randbits(32))')}"; \
	again="to run the same again: make soak SOAK=$(SOAK) SEED=$$seed"; echo "$$again"; \
	SOAK=$(SOAK) SEED=$$seed $(SUITE) -m soak --hypothesis-seed=$$seed || { echo "$$again"; exit 1; }

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
	uv pip compile pyproject.toml --all-extras --group dev --group floors --universal --python-version 3.11 \
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
	rm -rf $(VENV) .cache .coverage build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
