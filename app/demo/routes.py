"""The demonstration's mailbox: what was mailed, and the team's authenticator. Never served elsewhere."""

from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.access.guard import PUBLIC
from app.accounts import one_time
from app.demo.accounts import TEAM, known_secrets
from app.lib import clock, mailbox, pages
from app.settings import settings


@get("/mailbox", opt=PUBLIC)
async def show_mailbox(request: Request[Any, Any, Any]) -> Response[str]:
    """The newest messages first, and the codes of this half minute."""
    folder = settings().mailbox_folder
    return pages.page(
        request,
        "demo/mailbox",
        messages=mailbox.list_messages(folder) if folder else [],
        codes=current_codes(),
        local=folder is not None,
    )


def current_codes() -> list[tuple[str, str, str]]:
    """(name, address, code) of each team member of the demonstration, as their authenticator shows it now."""
    secrets, at = known_secrets(settings().var_dir), clock.now()
    return [
        (
            f"{person.given_name} {person.family_name}",
            person.email,
            one_time.code_at(secrets.totp[person.key], at),
        )
        for person in TEAM
    ]


@get("/mailbox/{message_id:str}", opt=PUBLIC)
async def read_mail(request: Request[Any, Any, Any], message_id: FromPath[str]) -> Response[str]:
    """One message."""
    folder = settings().mailbox_folder
    message = mailbox.read_message(folder, message_id) if folder else None
    if message is None:
        raise NotFoundException
    return pages.page(request, "demo/message", message=message)


HANDLERS: list[Any] = [show_mailbox, read_mail]
