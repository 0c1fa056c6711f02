"""`cohorte audit verify`, `cohorte audit head`: whether the trail is whole, said to an operator."""

import argparse
import asyncio
from datetime import datetime
from typing import Any


def add_commands(commands: Any) -> None:
    audit = commands.add_parser("audit", help="the trail of events")
    verbs = audit.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="find every event that was altered, removed, exchanged or slipped in")
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        type=_head,
        metavar="SEQ:HASH",
        help="a head that was kept outside the database; several may be given",
    )
    verify.set_defaults(run=run_verify)
    head = verbs.add_parser("head", help="print the last link, to be kept outside the database")
    head.set_defaults(run=run_head)


def _head(text: str) -> tuple[int, bytes]:
    seq, _, digest = text.strip().partition(":")
    try:
        found = int(seq), bytes.fromhex(digest)
    except ValueError:
        found = 0, b""
    if found[0] < 1 or len(found[1]) != 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a head; `cohorte audit head` prints one")
    return found


def run_head(_arguments: argparse.Namespace) -> int:
    from app.audit.queries import last_link

    last = asyncio.run(last_link())
    if last is None:
        print("Nothing is sealed yet.")
        return 1
    print(f"{last.seq}:{last.chain_hash.hex()}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Print what is wrong as it is found, then how much was read; 1 where anything is wrong."""
    from app.audit.checking import Check

    check = Check(heads=dict(arguments.head))
    found = asyncio.run(_print_findings(check))
    print(f"{check.events} sealed events read, up to link {check.seq}{_on(check.sealed_at)}.")
    if check.waiting:
        are = "event is" if check.waiting == 1 else "events are"
        print(f"{check.waiting} {are} not sealed yet; the oldest is of {_moment(check.oldest_waiting)}.")
    print(f"Not whole: {found} {'fault' if found == 1 else 'faults'}." if found else "The trail is whole.")
    return 1 if found else 0


async def _print_findings(check: Any) -> int:
    from app.audit.queries import verify

    found = 0
    async for finding in verify(check):
        found += 1
        print(said(finding))
    return found


def said(finding: Any) -> str:
    """One finding in a line: what, which event, which link, when."""
    which = f"event {finding.event}" if finding.event else "an event"
    link = f"link {finding.seq}" if finding.seq else "no link"
    limit, at = _moment(finding.limit), _moment(finding.at)
    several = finding.last is not None and finding.last != finding.seq
    links = f"links {finding.seq} to {finding.last}" if several else link
    words = {
        "altered": f"ALTERED: {which} ({link}, {at}) is not what was written.",
        "rehashed": f"ALTERED: {which} ({link}, {at}) was written anew, hash included, after it was sealed.",
        "missing": f"MISSING: {which} ({link}, sealed {limit}) is gone.",
        "gap": f"MISSING: {links} {'and their events are' if several else 'and its event are'} gone.",
        "reordered": f"REORDERED: {which} ({link}, {at}) was sealed as link {finding.belongs}.",
        "broken": f"BROKEN: {link} does not follow from the one before it: it was altered or inserted ({which}, {at}).",
        "back_dated": f"INSERTED: {which} ({link}) says {at}, but was not there when the trail was sealed at {limit}.",
        "slipped_in": f"INSERTED: {which} (not sealed) says {at}, but the trail was sealed up to {limit} without it.",
        "sealed_backwards": f"INSERTED: {link} ({which}, {at}) says it was sealed before the link before it, {limit}.",
        "cut_off": f"CUT OFF: the trail ends too early; by the head kept outside it went on with {links}.",
        "other_head": f"REWRITTEN: {link} is not the one that the head kept outside names, nor need what is before it.",
    }
    return words[finding.trouble]


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else "time unknown"


def _on(at: datetime | None) -> str:
    return f", sealed {_moment(at)}" if at else ""
