"""What the pages of administration share: whose centres one looks after, forms as text. Holds no handler."""

from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.access.policy import Actor, Role
from app.accounts.model import OrganisationName
from app.accounts.organisations.queries import list_open
from app.lib import clock, i18n, pages

AnyRequest = Request[Any, Any, Any]
PAGE = 50


def page(name: str, status: int = 200, **context: Any) -> Response[Any]:
    """A whole page of administration."""
    return pages.html(pages.render(f"administration/{name}.html", today=today(), at=clock.now(), **context), status)


def today() -> Any:
    return clock.day_in(i18n.ZONE, clock.now())


def looks_after_all(actor: Actor) -> bool:
    """Whether somebody looks after the whole network rather than one centre."""
    return actor.role is Role.SUPERADMIN


def centre_of(actor: Actor) -> UUID | None:
    """The centre whose things one sees; None: those of all."""
    return None if looks_after_all(actor) else actor.organisation


async def centres_of(actor: Actor) -> list[OrganisationName]:
    """The open centres that one may give places in."""
    return [one for one in await list_open() if looks_after_all(actor) or one.id == actor.organisation]


async def chosen_centre(actor: Actor, asked: str) -> tuple[UUID | None, list[OrganisationName]]:
    """The centre whose things are listed, and those one may choose from; who has one only is not asked."""
    if not looks_after_all(actor):
        return actor.organisation, []
    offered = await list_open()
    return next((one.id for one in offered if str(one.id) == asked), None), offered


def typed(form: Any, fields: tuple[str, ...]) -> dict[str, str]:
    """These fields as text; empty where one is missing or a file."""
    values = {field: form.get(field, "") for field in fields}
    return {field: value if isinstance(value, str) else "" for field, value in values.items()}


def cursor_of(words: str) -> UUID | None:
    """A place in a list as an address holds it; None for anything else."""
    try:
        return UUID(words) if words else None
    except ValueError:
        return None
