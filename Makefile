# Two commands on a fresh machine with Python 3.11 or later: `make run` and `make test`.
# The rest serves those who work on Jarchy: lint, lock, clean, test-sqlite, test-postgres.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPORTS := var/reports
SERVICES ?=
# As many as there are processors, at least two; more than four are not tried.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -lt 2 ] && n=2; [ $$n -gt 4 ] && n=4; echo $$n)
PYTEST_ARGUMENTS ?=

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
STARTER := $(BIN)/python -m tests.services
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGUMENTS)
UV_COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --universal

export DJANGO_SETTINGS_MODULE ?= cms.settings.dev
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := run
.PHONY: run catalogues run-embedded run-real office test test-sqlite test-postgres suites suite-sqlite suite-postgres thorough lint lock openapi messages faults help-pictures bench-bundle bench-schedule bench-record clean

# --- Run ------------------------------------------------------------------------------------------------------------

run: $(if $(filter real,$(SERVICES)),run-real,run-embedded)

run-embedded: office
	honcho start

# Real PostgreSQL, Redis and Elasticsearch, empty at each start and gone with Ctrl-C.
run-real: catalogues
	$(STARTER) run --with postgres,redis,elasticsearch -- $(MAKE) --no-print-directory run-embedded

# The database is brought up to date, the demo office loaded (again is fine), its sign-in names printed last.
office: catalogues
	@mkdir -p var
	python manage.py migrate --verbosity 0
	@[ -e var/closings.jsonl ] || CLOSINGS_JOURNAL="$(CURDIR)/var/closings.jsonl" python manage.py closings_journal --begin
	python manage.py load_demo_office
	@printf '\nEditorial: http://127.0.0.1:8000/admin/   Public: http://127.0.0.1:8001/api/v1/docs/   Stop: Ctrl-C\n\n'

# --- Test -----------------------------------------------------------------------------------------------------------

# The whole suite twice: on SQLite, then on PostgreSQL; both ask a real Elasticsearch.
test: $(VENV)/.installed-dev catalogues
	$(STARTER) ensure chromium
	$(STARTER) run --with postgres,redis,elasticsearch -- $(MAKE) --no-print-directory suites

test-sqlite: $(VENV)/.installed-dev catalogues
	$(STARTER) ensure chromium
	$(STARTER) run --with redis,elasticsearch -- $(MAKE) --no-print-directory suite-sqlite

test-postgres: $(VENV)/.installed-dev catalogues
	$(STARTER) ensure chromium
	$(STARTER) run --with postgres,redis,elasticsearch -- $(MAKE) --no-print-directory suite-postgres

# What chance decides, tried as often as it takes to be sure: races, kills, the state machine, questions to the API.
thorough: export JARCHY_THOROUGH := 1
thorough: test-postgres

# The second runs even when the first fails: both answers are wanted. How the two share the work: tests/sharing.py.
suites: export JARCHY_SHARED := 1
suites:
	@status=0; $(MAKE) --no-print-directory suite-sqlite || status=1; \
	$(MAKE) --no-print-directory suite-postgres || status=1; exit $$status

suite-sqlite suite-postgres: export JARCHY_REQUIRE_ELASTICSEARCH := 1
suite-sqlite suite-postgres: export JARCHY_REQUIRE_REDIS := 1
suite-sqlite suite-postgres: export DJANGO_SETTINGS_MODULE := cms.settings.test
suite-sqlite: export DATABASE_URL :=

suite-sqlite:
	@mkdir -p $(REPORTS) && rm -f $(REPORTS)/sqlite.xml
	$(PYTEST) --junitxml=$(REPORTS)/sqlite.xml; status=$$?; \
	python -m tests.run_report $(REPORTS)/sqlite.xml --on sqlite && exit $$status

suite-postgres:
	@mkdir -p $(REPORTS) && rm -f $(REPORTS)/postgresql.xml
	$(PYTEST) --junitxml=$(REPORTS)/postgresql.xml; status=$$?; \
	python -m tests.run_report $(REPORTS)/postgresql.xml --on postgresql && exit $$status

# Faults on real servers, counted: `make faults FAULTS="--runs 2 --publications 50"` makes fewer.
faults: $(VENV)/.installed-dev catalogues
	$(STARTER) run --with elasticsearch -- python -m tests.faults $(FAULTS)

# --- Work on it -----------------------------------------------------------------------------------------------------

lint: $(VENV)/.installed-dev
	ruff check
	ruff format --check
	lint-imports

lock: $(VENV)/.installed-dev
	$(UV_COMPILE) requirements.in -o requirements.txt
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt

# The public contract; tests compare it with the code.
openapi: $(VENV)/.installed
	python manage.py spectacular --file frontend_api/openapi.yaml --urlconf cms.urls.public --fail-on-warn

# Gather the words on screen; every language has to be filled in before the tests are green again.
messages: $(VENV)/.installed
	python manage.py makemessages -l ky -l ru -l en --no-location --no-wrap -i $(VENV) -i var -i static -i cms/wagtail_locale -i tests

# The pictures of docs/help, anew from the running product, in Kyrgyz.
help-pictures: $(VENV)/.installed-dev catalogues
	$(STARTER) ensure chromium
	pytest tests/journeys/help_pictures.py -q

# Two hundred documents in one transaction, on a PostgreSQL of their own.
bench-bundle: $(VENV)/.installed-dev catalogues
	$(STARTER) run --with postgres -- env DJANGO_SETTINGS_MODULE=cms.settings.test python -m benchmarks.bundle

# Two hundred documents due in the same second, on a PostgreSQL of their own; twice, the second time half of them corrections.
bench-schedule: $(VENV)/.installed-dev catalogues
	$(STARTER) run --with postgres -- env DJANGO_SETTINGS_MODULE=cms.settings.test python -m benchmarks.schedule

# The public record and the ledger, checked at twenty thousand publications, on a PostgreSQL of their own.
bench-record: $(VENV)/.installed-dev catalogues
	$(STARTER) run --with postgres -- env DJANGO_SETTINGS_MODULE=cms.settings.test python -m benchmarks.record

clean:
	rm -rf $(VENV) var static
	find cms -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What is made once ----------------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Jarchy needs Python 3.11 or later; name it: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

catalogues: $(VENV)/.installed
	@python -m cms.catalogues
