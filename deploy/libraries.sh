#!/bin/sh
# Sees to the libraries of the system that make PDF (Pango and what it needs); installs them where it may.
# Without them everything runs but the copies in PDF: `run` says so and goes on, `test` ends.
set -eu
cd "$(dirname "$0")/.."
want=${1:-run}
packages='libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0'

works() {
    .venv/bin/python - 2>/dev/null <<'PYTHON'
from ctypes import CDLL
from ctypes.util import find_library

for name in ("gobject-2.0", "pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig"):
    CDLL(find_library(name) or f"lib{name}.so.0")
PYTHON
}

works && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the libraries that make PDF…" >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    {
        apt-get -q -o DPkg::Lock::Timeout=300 update &&
            DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $packages
    } >"$log" 2>&1 || tail -n 5 "$log" >&2
    works && exit 0
fi
cat >&2 <<MESSAGE
Copies in PDF need libraries of the system that are not there. Install them, as root, with
    apt-get update && apt-get install $packages
MESSAGE
[ "$want" = run ]
