# Everything a person types. `make run` and `make test` need Python 3.11+, make and a Debian or Ubuntu userland.
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test check bench assets packages dev-packages catalogues messages

bin := .venv/bin
# Both cores of a build machine, file by file: a module's fixtures, and its order, are made once.
divided := -n 2 --dist loadfile --no-loadscope-reorder
catalogues := $(patsubst %.po,%.mo,$(wildcard locales/*/LC_MESSAGES/messages.po))

help:
	@echo 'make run        start everything; prints the address (PORT=, VAR_DIR=, DATABASE_URL=, SMTP_URL= change it)'
	@echo 'make test       check, then every test; installs Chromium when it is missing'
	@echo 'make check      format, lint, import direction, types, catalogues'
	@echo 'make bench      measure; one line a figure'
	@echo 'make assets     rebuild static/ from npm (needs Node; running does not)'
	@echo 'make messages   bring the catalogues in locales/ to the words in the code'

run: packages $(catalogues)
	@deploy/libraries.sh run
	@exec $(bin)/cohorte run

test: check
	@deploy/libraries.sh test
	@CHROMIUM="$$(deploy/chromium.sh)" && export CHROMIUM && exec $(bin)/python -m pytest -q --durations=10 $(divided)

check: dev-packages $(catalogues)
	@$(bin)/ruff format --check --quiet --output-format concise .
	@$(bin)/ruff check --quiet --output-format concise .
	@said=$$($(bin)/lint-imports 2>&1) || { printf '%s\n' "$$said"; exit 1; }
	@$(bin)/mypy --no-error-summary
	@$(bin)/python deploy/catalogues.py check
	@echo 'Format, lint, imports, types and catalogues are good.'

bench: dev-packages $(catalogues)
	@for part in bench bench.patients bench.drugs bench.matching bench.linkage bench.visits bench.progress; do $(bin)/python -m $$part || exit 1; done

assets:
	@exec components/build.sh

catalogues: packages $(catalogues)

messages: dev-packages
	@$(bin)/python deploy/catalogues.py update $(FRAGMENTS)

packages:
	@deploy/bootstrap.sh run

dev-packages:
	@deploy/bootstrap.sh dev

# Order-only: a new environment does not make a catalogue old.
%.mo: %.po | packages
	@$(bin)/pybabel -q compile -i $< -o $@
