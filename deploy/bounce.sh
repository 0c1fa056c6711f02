#!/bin/sh
# A mail server's pipe: gives the report on standard input to Cohorte, with its settings.
set -a
. "${COHORTE_SETTINGS:-/etc/cohorte.env}"
set +a
exec "$(dirname "$0")/../.venv/bin/cohorte" bounce
