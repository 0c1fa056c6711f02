#!/bin/sh
# Prints the Chromium that the browser tests drive, and installs one when there is none. Never answers without one.
set -eu
cd "$(dirname "$0")/.."

works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

playwrights_own() {
    .venv/bin/python - <<'PYTHON'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PYTHON
}

find_one() {
    for candidate in "${CHROMIUM:-}" "$(command -v chromium || true)" "$(command -v google-chrome || true)"; do
        works "$candidate" && { printf '%s\n' "$candidate"; exit 0; }
    done
    candidate=$(playwrights_own 2>/dev/null || true)
    works "$candidate" && { printf '%s\n' "$candidate"; exit 0; }
    return 0
}

find_one
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests…" >&2
    # Without an update the candidate may be an older package that the mirror no longer has.
    {
        apt-get -q -o DPkg::Lock::Timeout=300 update &&
            DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends chromium
    } >"$log" 2>&1 || tail -n 5 "$log" >&2
    find_one
fi
echo "Trying the browser that Playwright brings…" >&2
if [ "$(id -u)" = 0 ]; then with=--with-deps; else with=; fi
.venv/bin/python -m playwright install $with chromium >"$log" 2>&1 || tail -n 5 "$log" >&2
find_one
cat >&2 <<'MESSAGE'
The browser tests need Chromium, and none could be installed. Install it with
    apt-get update && apt-get install chromium
as root, or name one: CHROMIUM=/path/to/chromium make test
MESSAGE
exit 1
