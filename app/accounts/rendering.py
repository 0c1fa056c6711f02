"""What is drawn for more than one handler: the letter with a code, and the steps of signing in again."""

from typing import Any

from litestar import Request, Response

from app.access.policy import Role
from app.accounts import queries
from app.accounts.held import Held
from app.accounts.model import Session, masked_email
from app.accounts.problems import Problem
from app.accounts.wording import problem_words
from app.channels.rendering import letter
from app.lib import pages
from app.lib.mail import Letter

HELD = "_held"


def code_letter(language: str, code: str) -> Letter:
    """The mail that carries a sign-in code; no link, so that nobody learns to follow one."""
    return letter("accounts/mail_code", language, code=code)


async def again_page(
    request: Request[Any, Any, Any],
    session: Session | None,
    step: str,
    *,
    problem: Problem | None = None,
    following: str = "/",
    held: Held | None = None,
    mailed: bool = True,
) -> Response[Any]:
    """One step of signing in again. Nobody known to this browser: the way to the front door.

    `mailed`: the code that is waited for was sent; else an authenticator shows it.
    """
    return pages.page(
        request,
        "accounts/again",
        status=422 if problem else 200,
        step=step if session else "unknown",
        team=session is not None and session.role is not Role.PATIENT,
        address=masked_email(await queries.get_email(session.account)) if session else "",
        problem=problem and problem_words(problem),
        next=following,
        mailed=mailed,
        held=held.as_text() if held else "",
    )
