"""One's own recovery codes: how many are left, and a new set. Shown once; using one is in routes/sign_in.py."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.recovery import actions, queries
from app.accounts.recovery.model import FEW
from app.accounts.routes.parts import AnyRequest, page
from app.lib import clock

FRESH = requires(Permission.ACCOUNT_OWN, fresh=True)


@get("/me/recovery-codes", opt=FRESH)
async def show_state(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How many are left, never which."""
    state = await queries.state_of(actor.id)
    first = request.query_params.get("first") == "1"
    return page("accounts/recovery.html", state=state, few=state.remaining <= FEW, first=first)


@post("/me/recovery-codes", opt=FRESH)
async def make_codes(actor: NamedDependency[Actor]) -> Response[Any]:
    """A new set, shown this once."""
    return page("accounts/recovery_codes.html", codes=await actions.make_recovery_codes(actor, at=clock.now()))


HANDLERS: list[Any] = [show_state, make_codes]
