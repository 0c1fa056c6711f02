"""`cohorte patients reindex`: the keyed hashes by which a person is found again."""

import argparse
import asyncio
from typing import Any


def add_commands(commands: Any) -> None:
    patients = commands.add_parser("patients", help="what records are found by")
    verbs = patients.add_subparsers(dest="verb", required=True, metavar="VERB")
    reindex = verbs.add_parser("reindex", help="hash the records that have no hash yet; the worker does so by itself")
    reindex.add_argument("--all", action="store_true", help="every record anew, after the way of hashing has changed")
    reindex.set_defaults(run=run_reindex)


def run_reindex(arguments: argparse.Namespace) -> int:
    """Do it here, while the product runs; say how many there were."""
    from app.patients.matching.jobs import index_all

    print(f"{asyncio.run(index_all(anew=arguments.all)):,} records hashed.")
    return 0
