"""The command `cohorte`: finds a sub-command's module and hands over. Loads no other."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from app.settings import BadSettings

# Name: module that adds it (by `add_commands`), one line of help.
COMMANDS = {
    "run": ("app.cli.run", "run everything on this machine: database, web, worker, mailbox"),
    "web": ("app.cli.processes", "serve pages (one process)"),
    "worker": ("app.cli.processes", "run the jobs"),
    "routes": ("app.cli.processes", "list every address and what it asks for"),
    "migrate": ("app.cli.database", "bring the database to the newest schema"),
    "demo": ("app.cli.database", "load the demonstration data"),
    "check-config": (
        "app.cli.database",
        "say what is wrong with the settings, before real people's data come in",
    ),
    "bounce": ("app.cli.bounce", "take a mail server's report that a letter did not arrive"),
    "keys": ("app.cli.keys", "say which key wraps what, and put every row under the newest"),
    "audit": ("app.cli.audit", "find out whether the trail of events is whole"),
    "drugs": ("app.cli.drugs", "bring in the drugs that can be prescribed"),
    "patients": ("app.cli.patients", "make the hashes by which a person is found again"),
    "user": ("app.cli.user", "open the accounts of those who look after the whole network"),
    "questionnaire": ("app.cli.questionnaire", "check, score and explain questionnaire files"),
    "trial": ("app.cli.trial", "check trial files, lay out their calendars, plan and apply them"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="cohorte", description="The open portal for clinical research.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = next((word for word in words if not word.startswith("-")), "")
    try:
        if wanted in COMMANDS:
            import_module(COMMANDS[wanted][0]).add_commands(commands)
        else:
            for name, (_, line) in COMMANDS.items():
                commands.add_parser(name, help=line)
        arguments = parser.parse_args(words)
        return int(arguments.run(arguments) or 0)
    except BadSettings as faults:
        print(faults, file=sys.stderr)
        return 1
