#!/bin/sh
# Brings .venv to requirements.txt (`run`) or requirements-dev.txt (`dev`); does nothing when it is there already.
# Needs Python 3.11 or newer. uv, which installs, is itself pinned by hash and lives apart in .venv/tools.
set -eu
cd "$(dirname "$0")/.."
want=${1:-run}
done=.venv/installed

# The dev set contains the run set, so it satisfies both.
if cmp -s requirements.txt $done/requirements.txt && [ -x .venv/bin/cohorte ]; then
    [ "$want" = run ] && exit 0
    cmp -s requirements-dev.txt $done/requirements-dev.txt && exit 0
fi

say() { printf '%s\n' "$*" >&2; }

python=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || { say "Python 3.11 or newer is needed: apt-get install python3, or PYTHON=/path/to/python3 make run"; exit 1; }

# An environment whose Python has gone, or another machine's, cannot be mended.
if [ -e .venv/bin/python ] && ! .venv/bin/python -c '' 2>/dev/null; then
    say "The Python of .venv no longer runs: making .venv anew."
    rm -rf .venv
fi

install_uv() {
    say "Installing uv…"
    rm -rf .venv/tools
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv/tools
        .venv/tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r deploy/requirements-tools.txt
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install -q --disable-pip-version-check --require-hashes --target .venv/tools -r deploy/requirements-tools.txt
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "This Python has neither venv nor pip: installing python3-venv."
        apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
        DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends python3-venv >&2
        "$python" -c 'import ensurepip, venv'
        "$python" -m venv .venv/tools
        .venv/tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r deploy/requirements-tools.txt
    else
        say "This Python has neither venv nor pip. Ask for: apt-get install python3-venv   Then run make again."
        exit 1
    fi
}
uv=.venv/tools/bin/uv
"$uv" --version >/dev/null 2>&1 || install_uv

# uv does not read pip's configuration: hand on an index that this machine was given.
if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
fi

[ -x .venv/bin/python ] || "$uv" venv -q --allow-existing --python "$python" .venv
[ ! -e $done/requirements-dev.txt ] || want=dev # do not take away what is there
file=requirements.txt
[ "$want" = run ] || file=requirements-dev.txt
rm -rf $done
say "Installing the packages of $file…"
VIRTUAL_ENV="$PWD/.venv" "$uv" pip sync -q --system-certs --require-hashes "$file"

# The command, and `app` importable from any folder: an editable install without building a package.
"$(pwd)/.venv/bin/python" - <<'PYTHON'
import site
from pathlib import Path

Path(site.getsitepackages()[0], "cohorte.pth").write_text(f"{Path.cwd()}\n", encoding="utf-8")
launcher = Path(".venv/bin/cohorte")
launcher.write_text('#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -P -m app.cli "$@"\n', encoding="utf-8")
launcher.chmod(0o755)
PYTHON

mkdir $done
cp requirements.txt $done/
[ "$want" = run ] || cp requirements-dev.txt $done/
