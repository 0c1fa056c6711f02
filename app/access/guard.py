"""The one guard. Every handler declares what it requires; this enforces it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute

from app.access.policy import (
    Actor,
    Permission,
    Role,
    Scope,
    allows,
    is_closed,
    is_fresh,
    needs_training,
    permissions_of,
    sees,
)
from app.lib import clock

Connection = ASGIConnection[Any, Any, Any, Any]
ScopeOf = Callable[[Any], Awaitable[Scope | None]]


@dataclass(frozen=True, slots=True)
class Requirement:
    permission: Permission
    path_param: str = ""
    scope_of: ScopeOf | None = None
    fresh: bool = False


class TrainingMissing(PermissionDeniedException):
    """The course on handling patients' data comes first."""


class StaleFactor(PermissionDeniedException):
    """What is asked for needs a second factor given just now."""


class Lent(PermissionDeniedException):
    """The screen is in somebody else's hands: here is only what it was handed over for."""


class Moved(NotFoundException):
    """The address names a record that was merged into `root`, which this person may see."""

    def __init__(self, former: UUID, root: UUID) -> None:
        super().__init__()
        self.former = former
        self.root = root


class RecordClosed(PermissionDeniedException):
    """The person does not allow their centres to open the record."""

    def __init__(self, patient: UUID) -> None:
        super().__init__()
        self.patient = patient


def requires(
    permission: Permission, path_param: str = "", scope_of: ScopeOf | None = None, *, fresh: bool = False
) -> dict[str, Any]:
    """What a handler declares in `opt=`: the permission, which thing of the path it is about, and whether it is
    sensitive enough to ask for a fresh second factor."""
    return {"requires": Requirement(permission, path_param, scope_of, fresh)}


OF_RECORD = "patient_id"
PUBLIC: dict[str, Any] = {"requires": "nothing"}
EVEN_LENT: dict[str, Any] = {"requires": "nothing", "even_lent": True}
"""What is open to everybody, also on a screen that is handed over: there nothing else is that is not said."""


async def enforce(connection: Connection, handler: BaseRouteHandler) -> None:
    """Stranger: 401. Not yours to see: 404. Yours to see but not to do: 403. Then what else must come first."""
    required = handler.opt.get("requires")
    _enforce_handover(connection.scope.get("user"), required, handler)
    if required == "nothing":
        return
    actor = connection.scope.get("user")
    if not isinstance(actor, Actor):
        raise NotAuthorizedException
    if not isinstance(required, Requirement):
        raise PermissionDeniedException
    await _enforce_scope(connection, actor, required)
    if needs_training(actor, required.permission):
        raise TrainingMissing
    if required.fresh and not is_fresh(actor, clock.now()):
        raise StaleFactor


def _enforce_handover(actor: Any, required: Any, handler: BaseRouteHandler) -> None:
    """On a screen that is handed over, whatever is not written down for it is not there, public pages included."""
    if not isinstance(actor, Actor) or actor.role is not Role.TABLET or handler.opt.get("even_lent"):
        return
    if not isinstance(required, Requirement) or required.permission not in permissions_of(actor):
        raise Lent


async def _enforce_scope(connection: Connection, actor: Actor, required: Requirement) -> None:
    if required.scope_of is None:
        if required.permission not in permissions_of(actor):
            raise PermissionDeniedException
        return
    scope = await required.scope_of(connection.path_params[required.path_param])
    if scope is None or not sees(actor, scope):
        raise NotFoundException
    if required.path_param == OF_RECORD and scope.patient not in {None, connection.path_params[OF_RECORD]}:
        raise Moved(connection.path_params[OF_RECORD], scope.patient)
    if not allows(actor, required.permission, scope):
        if scope.patient is not None and is_closed(actor, required.permission, scope):
            raise RecordClosed(scope.patient)
        raise PermissionDeniedException
    connection.scope["granted"] = scope  # type: ignore[typeddict-unknown-key]


def granted(connection: Connection) -> Any:
    """The scope that the guard found on its way in: what it learned need not be read again."""
    return connection.scope["granted"]  # type: ignore[typeddict-item]


def requirements(app: Litestar) -> dict[str, str]:
    """Every route and what it requires, for the start-up check and for review."""
    found: dict[str, str] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS"}):
                    declared = handler.opt.get("requires", "UNDECLARED")
                    found[f"{method} {route.path}"] = _said(declared) if isinstance(declared, Requirement) else declared
    return dict(sorted(found.items()))


def _said(declared: Requirement) -> str:
    return f"{declared.permission} fresh" if declared.fresh else str(declared.permission)


def refuse_undeclared(app: Litestar) -> None:
    missing = [route for route, declared in requirements(app).items() if declared == "UNDECLARED"]
    if missing:
        raise RuntimeError(f"no `opt=requires(...)` on: {', '.join(missing)}")
