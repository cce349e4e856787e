# Two commands are enough on a fresh Debian 12 machine with Python 3.11 and make:
#   make demo    makes the virtual environment, installs, reads fixtures/, shows what came out
#   make test    installs what the tests need (Tesseract, PostgreSQL, Chromium, where it may), runs ruff,
#                mypy and pytest

PYTHON ?= python3
VENV   ?= .venv
OUT    ?= out/demo
BIN    := $(VENV)/bin
# root needs no sudo; others use it where it asks no password; else the command is only shown.
SUDO   := $(shell [ "$$(id -u)" = 0 ] || (command -v sudo >/dev/null && sudo -n true 2>/dev/null && echo sudo -n) || echo false)

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export OMP_NUM_THREADS = 1

.PHONY: demo test lint types unit coverage install dev system-venv system-tesseract system-postgresql system-chromium fixtures docs lock clean help

help:
	@grep -E '^#   ' Makefile

demo: install
	@$(BIN)/python -m goaltables digitize fixtures/documents --out $(OUT); status=$$?; \
	  if [ $$status -ne 0 ] && [ $$status -ne 4 ]; then exit $$status; fi; \
	  $(BIN)/python docs/examples/show_dataset.py $(OUT)

test: dev system-tesseract system-postgresql system-chromium
	$(MAKE) --no-print-directory lint types unit

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy -p goaltables
	$(BIN)/mypy tests fixtures docs/examples

unit:
	$(BIN)/pytest

# How much of the code the tests go through, also in the processes that they start (docs/testing.md).
coverage: dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered
	$(BIN)/coverage report --include='normalizers/*' --format=total --fail-under=98

install: $(VENV)/.installed
dev: $(VENV)/.installed-dev

$(VENV)/bin/pip: | system-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,fixtures,tesseract,dask,postgres,s3]'
	@touch $@ $(VENV)/.installed

# Debian ships Python without the part that makes virtual environments.
system-venv:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv; } || \
	  { echo 'python3-venv is missing: sudo apt-get install python3-venv'; exit 1; }

# The second reader. Its tests say that they are skipped where it cannot be installed.
system-tesseract:
	@command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx chi_sim || \
	  { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq tesseract-ocr tesseract-ocr-chi-sim; } || \
	  echo 'Tesseract is not installed and may not be installed here: its tests are skipped.' \
	       'To run them: sudo apt-get install tesseract-ocr tesseract-ocr-chi-sim'

# The ledger that several machines share. Its tests start a server of their own; the package's is not started.
system-postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	  { $(SUDO) apt-get update -qq && $(SUDO) env RUNLEVEL=1 apt-get install -y -qq postgresql; } || \
	  echo 'PostgreSQL is not installed and may not be installed here: its tests are skipped.' \
	       'To run them: sudo apt-get install postgresql'

# The browser that looks at our pages. Its tests say that they are skipped where it cannot be installed.
system-chromium:
	@test -x /usr/bin/chromium || \
	  { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium fonts-noto-cjk; } || \
	  echo 'Chromium is not installed and may not be installed here: its tests are skipped.' \
	       'To run them: sudo apt-get install chromium fonts-noto-cjk'

# Makes the fixtures again (needs the fonts that fixtures/README.md names).
fixtures: dev
	$(BIN)/python -m fixtures.make_fixtures

# Writes the pages that are made from data files: what the tests compare them with.
docs: dev
	$(BIN)/python docs/examples/write_reference.py

# Pins the versions that are installed now as the tested ones.
lock: dev
	$(BIN)/pip install --quiet --editable '.[all,dev,stress]'
	$(BIN)/pip list --format=freeze --exclude-editable --exclude pip | LC_ALL=C sort -f > constraints.txt

clean:
	rm -rf build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis src/*.egg-info
