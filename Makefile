# make run      mailticket as it is, in a folder of its own: ARGS=--once ends by itself
# make test     what has to be fine before a change is: lint, types, tests
# make bench    figures: SHARED=DIR names the folder with the reference scripts and mails
# make fuzz     looks for mail that breaks the reader, TIME=600 seconds long: see tests/fuzz/README.md
# make lock     the newest versions that pyproject.toml allows, pinned with their hashes
# make format   layout and the mends that ruff can make by itself
# make clean    removes all that make made
#
# PYTHON=... chooses the interpreter (3.11 or newer) for .venv.

.POSIX:

PYTHON ?= python3
TEST_WORKERS ?= 2
TIME ?= 600
BIN = .venv/bin
OAUTH2 = tests/servers/oauth2
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check --no-input

.PHONY: run test packages bench fuzz lock format clean

run: .venv/run.stamp
	@$(BIN)/mailticket demo $(ARGS)

# loadfile: the tests of one file share their servers; in their own order the long stories come first, and at the end
# nobody waits for another one's last file
test: packages .venv/test.stamp $(OAUTH2)/node_modules/stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

packages:
	@sh .ci/packages.sh test "$(PYTHON)"

bench: packages .venv/test.stamp
	@test -n "$(SHARED)" || { echo 'make bench needs SHARED=DIR, the folder with bench/corpus.py' >&2; exit 2; }
	$(BIN)/python -m tests.bench --shared "$(SHARED)" $(ARGS)

fuzz: .venv-fuzz/stamp
	.venv-fuzz/bin/python -m tests.fuzz --time $(TIME) $(ARGS)

format: .venv/test.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock:
	@sh .ci/lock.sh "$(PYTHON)"

clean:
	rm -rf .venv .venv-fuzz .fuzz build dist $(OAUTH2)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find mailticket tests -name __pycache__ -prune -exec rm -rf {} +

# A stamp is written last: what was cut off in the middle is begun again from nothing.
.venv/run.stamp: requirements.lock pyproject.toml
	@sh .ci/packages.sh run "$(PYTHON)"
	@echo 'Making .venv: a minute, once.'
	@"$(PYTHON)" -m venv --clear .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv-fuzz/stamp: requirements.lock tests/fuzz/requirements.lock
	@sh .ci/packages.sh run "$(PYTHON)"
	@echo 'Making .venv-fuzz, once.'
	@"$(PYTHON)" -m venv --clear .venv-fuzz
	@.venv-fuzz/bin/python -m pip -qq --disable-pip-version-check --no-input install --require-hashes \
		-r requirements.lock -r tests/fuzz/requirements.lock
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements-dev.lock
	@echo 'Adding the tools for tests to .venv.'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# The OAuth2 server of the tests runs under Node: exactly the versions of its lock file, and none of their scripts.
$(OAUTH2)/node_modules/stamp: $(OAUTH2)/package.json $(OAUTH2)/package-lock.json
	@echo 'Adding the OAuth2 server of the tests.'
	@npm --prefix $(OAUTH2) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
