"""`cohorte bounce`: a mail server's report on standard input, as a pipe of the server hands it over."""

import argparse
import asyncio
import sys
from typing import Any

# What a mail server understands (sysexits.h): try again later.
TEMPORARY_FAILURE = 75


def add_commands(commands: Any) -> None:
    bounce = commands.add_parser("bounce", help="take a mail server's report (RFC 3464) from standard input")
    bounce.set_defaults(run=run_bounce)


def run_bounce(_arguments: argparse.Namespace) -> int:
    """0 also for what is no report of ours, so that no server answers a report with another one."""
    import asyncpg

    from app.channels import bounces
    from app.channels.actions import note_report
    from app.lib import clock

    bounce = bounces.read(sys.stdin.buffer.read())
    if bounce is None:
        print("Not a report about a letter.")
        return 0
    try:
        ours = asyncio.run(note_report(bounce.called, bounce.state, bounce.status, at=clock.now()))
    except (OSError, asyncpg.PostgresError) as fault:
        print(f"Try again later: {type(fault).__name__}.", file=sys.stderr)
        return TEMPORARY_FAILURE
    print(f"Noted: {bounce.state}." if ours else "Not a letter of ours.")
    return 0
