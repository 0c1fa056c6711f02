"""`cohorte user create-superadmin`, `cohorte user list-superadmins`: those who look after the whole network.

There is no other way to make one: no page and no form can.
"""

import argparse
import asyncio
import sys
from datetime import datetime
from getpass import getpass
from typing import Any

ISSUER = "Cohorte"
TRIES = 3


def add_commands(commands: Any) -> None:
    user = commands.add_parser("user", help="those who look after the whole network")
    verbs = user.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create-superadmin", help="open the account of somebody who looks after the network")
    create.add_argument("--email", help="asked for if missing, as are the names")
    create.add_argument("--given-name")
    create.add_argument("--family-name")
    create.add_argument("--language", choices=("fr", "en"), default="fr")
    create.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")
    create.set_defaults(run=run_create)
    verbs.add_parser("list-superadmins", help="who they are").set_defaults(run=run_list)


def run_create(arguments: argparse.Namespace) -> int:
    """Ask for what is missing, open the account, and show the authenticator's secret this one time."""
    from app.accounts import one_time
    from app.accounts.actions.opening import create_account
    from app.accounts.model import Kind, NewAccount, is_email, normal_email
    from app.audit.actions import NOBODY
    from app.lib import clock
    from app.lib.errors import Refused

    email = normal_email(arguments.email or input("Email address: "))
    if not is_email(email):
        return _refuse(f"{email!r} is no email address.")
    given, family = (
        (typed or input(asked)).strip()
        for typed, asked in ((arguments.given_name, "Given name: "), (arguments.family_name, "Family name: "))
    )
    if not given or not family:
        return _refuse("Both names are needed: they stand beside everything this person does.")
    password = _password([email, given, family], from_input=arguments.password_stdin)
    if password is None:
        return 1
    new = NewAccount(
        kind=Kind.SUPERADMIN,
        email=email,
        given_name=given,
        family_name=family,
        language=arguments.language,
        password=password,
        totp_secret=one_time.new_secret(),
    )
    try:
        asyncio.run(create_account(NOBODY, new, at=clock.now()))
    except Refused as refusal:
        if refusal.code != "account.address_taken":
            raise
        return _refuse("This address has an account already. Close that first, or use another address.")
    print(f"{given} {family} looks after the whole network from now on.")
    _show_secret(email, new.totp_secret or "")
    return 0


def _refuse(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


def _password(about: list[str], *, from_input: bool) -> str | None:
    """A password that is hard to guess: typed twice without being shown, or read from the input; None if none is."""
    if from_input:
        password = sys.stdin.readline().rstrip("\n")
        return password if _accepted(password, about) else None
    for _ in range(TRIES):
        password = getpass("Password: ")
        if not _accepted(password, about):
            continue
        if getpass("The same again: ") == password:
            return password
        _refuse("The two differ.")
    return None


def _accepted(password: str, about: list[str]) -> bool:
    from app.accounts.passwords import weakness
    from app.accounts.wording import problem_words
    from app.lib import i18n

    weak = weakness(password, about)
    if weak is not None:
        i18n.locale.set("en")
        _refuse(problem_words(weak))
    return weak is None


def _show_secret(email: str, secret: str) -> None:
    """For an authenticator app: as a picture where there is a terminal, and as text. It is never shown again."""
    import segno
    from pyotp import TOTP

    print("\nScan this with an authenticator app, or type the secret into it. It is not shown again.\n")
    if sys.stdout.isatty():
        segno.make(TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)).terminal(compact=True)
    print(" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)))
    print("\nThen sign in at /sign-in/team, and prepare a passkey and recovery codes under /me.")


def run_list(_arguments: argparse.Namespace) -> int:
    """Name, address, since when, last sign-in; closed accounts are marked."""
    for line in asyncio.run(_lines()):
        print(line)
    return 0


async def _lines() -> list[str]:
    from app.administration.queries.professionals import list_superadmins

    return [
        f"{one.full_name:30} {one.email:40} since {_day(one.created_at)}, last sign-in {_day(one.signed_in_at)}"
        + (f", CLOSED {_day(one.closed_at)}" if one.closed_at else "")
        for one in await list_superadmins()
    ] or ["There is nobody yet: `cohorte user create-superadmin`."]


def _day(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d}"
