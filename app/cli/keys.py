"""`cohorte keys status`, `cohorte keys rotate`: the keys that wrap every person's data key."""

import argparse
import asyncio
from typing import Any


def add_commands(commands: Any) -> None:
    keys = commands.add_parser("keys", help="the keys that wrap identities")
    verbs = keys.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("status", help="how many rows each key wraps").set_defaults(run=run_status)
    rotate = verbs.add_parser("rotate", help="put every row under the current key, while the product runs")
    rotate.add_argument("--here", action="store_true", help="do it now in this process, not in the worker")
    rotate.set_defaults(run=run_rotate)


def run_status(_arguments: argparse.Namespace) -> int:
    """Print what each key wraps; 1 when rows are under a key that is not on the ring."""
    from app.lib.data_keys import rows_by_key
    from app.lib.keys import ring

    found = asyncio.run(rows_by_key())
    totals: dict[str, int] = {}
    for table, keys in found.items():
        for name, rows in sorted(keys.items()):
            print(f"{table:20} {name:20} {rows:10,}")
            totals[name] = totals.get(name, 0) + rows
    print()
    for name in ring().names:
        print(_said(name, totals.get(name, 0), current=name == ring().current))
    lost = sorted(set(totals) - set(ring().names))
    for name in lost:
        print(f"{name}: {totals[name]:,} rows, and it is NOT in IDENTITY_KEYS: put it back, or they stay closed.")
    return 1 if lost else 0


def _said(name: str, rows: int, *, current: bool) -> str:
    if current:
        return f"{name}: {rows:,} rows; the current key."
    if rows:
        return f"{name}: {rows:,} rows; keep it, and run `cohorte keys rotate`."
    return f"{name}: no row; it may leave IDENTITY_KEYS. Old backups of the database still need it."


def run_rotate(arguments: argparse.Namespace) -> int:
    """Have the worker do it, or do it here and say how much there was."""
    from app.accounts.rotation.actions import ask_for_rotation
    from app.accounts.rotation.jobs import rotate_all
    from app.lib import clock
    from app.lib.keys import ring

    if not arguments.here:
        asyncio.run(ask_for_rotation(at=clock.now()))
        print(f"The worker puts every row under {ring().current!r}. `cohorte keys status` says how far it is.")
        return 0
    for table, rows in asyncio.run(rotate_all()).items():
        print(f"{table:20} {rows:10,}")
    return 0
