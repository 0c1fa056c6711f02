"""`cohorte drugs import`: bring the drug database to a release of the public one. Files are got by the operator."""

import argparse
import asyncio
import re
from pathlib import Path
from typing import Any

MOST_SHOWN = 20


def add_commands(commands: Any) -> None:
    drugs = commands.add_parser("drugs", help="the drugs that can be prescribed")
    verbs = drugs.add_subparsers(dest="verb", required=True, metavar="VERB")
    bring = verbs.add_parser("import", help="read a folder of files of the Base de données publique des médicaments")
    bring.add_argument("folder", nargs="?", type=Path, help="where CIS_bdpm.txt and the others are, plain or .gz")
    bring.add_argument("--date", help="the month that the files tell of, such as 2026-04")
    bring.add_argument("--shipped", action="store_true", help="the release that comes with the product")
    bring.add_argument("--force", action="store_true", help="although it is not whole, or is there already")
    bring.add_argument("--dry-run", action="store_true", help="only say what would change")
    bring.set_defaults(run=run_import)


def run_import(arguments: argparse.Namespace) -> int:
    """Read, report every line that is wrong, import; 1 where that is not possible."""
    from app.treatments.drugs.library import SHIPPED, SHIPPED_DATE, NotThere, read_folder

    folder, dated = (SHIPPED, SHIPPED_DATE) if arguments.shipped else (arguments.folder, arguments.date or "")
    if folder is None or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", dated):
        print("Say which folder, and --date as year and month (2026-04); or --shipped.")
        return 1
    try:
        reading = read_folder(folder)
    except NotThere as missing:
        print(f"{missing} is missing, plain or as .gz.")
        return 1
    for name, lines in reading.files.items():
        print(f"{name}: {lines:,} lines")
    for fault in reading.faults:
        print(f"{fault.file}:{fault.line}: {fault.why}; left out")
    return asyncio.run(_import(reading, dated, dry=arguments.dry_run, force=arguments.force))


async def import_shipped() -> None:
    """Bring in the release that comes with the product, where there is none at all."""
    from app.audit.actions import NOBODY
    from app.lib import clock
    from app.treatments.drugs.actions import import_drugs
    from app.treatments.drugs.library import SHIPPED, SHIPPED_DATE, SOURCE, read_folder
    from app.treatments.drugs.queries import newest_release

    if await newest_release() is None:
        await import_drugs(NOBODY, read_folder(SHIPPED), SOURCE, SHIPPED_DATE, at=clock.now())


async def _import(reading: Any, dated: str, *, dry: bool, force: bool) -> int:
    from app.audit.actions import NOBODY
    from app.lib import clock
    from app.treatments.drugs.actions import Doubtful, import_drugs
    from app.treatments.drugs.library import SOURCE

    entries = reading.entries
    try:
        found = await import_drugs(NOBODY, reading, SOURCE, dated, at=clock.now(), dry=dry, force=force)
    except Doubtful as doubt:
        print(f"Nothing was changed: {doubt}. See docs/drugs.md.")
        return 1
    if found.known:
        print(f"The release of {dated} is there already: nothing to do.")
        return 0
    would = "would be " if dry else ""
    print(f"{len(entries):,} drugs: {len(found.added):,} {would}added, {len(found.changed):,} {would}changed,")
    print(f"{len(found.withdrawn):,} {would}marked as withdrawn (prescriptions keep them).")
    for title, codes in (("changed", found.changed), ("withdrawn", found.withdrawn)):
        for cis in sorted(codes)[:MOST_SHOWN]:
            print(f"  {title}: {cis}{' ' + entries[cis].name if cis in entries else ''}")
        if len(codes) > MOST_SHOWN:
            print(f"  {title}: and {len(codes) - MOST_SHOWN:,} more")
    if found.doubt:
        print(f"Doubtful: {found.doubt}.")
    return 0
