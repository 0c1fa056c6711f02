"""The policy as a page: who may do what, drawn from the table that the guard reads."""

from typing import Any

from litestar import Response, get

from app.access.guard import requirements, requires
from app.access.policy import Permission
from app.administration import permission_wording
from app.administration.permissions import Column, fresh_proofs, lines
from app.administration.routes.parts import AnyRequest, page


@get("/permissions", opt=requires(Permission.POLICY_READ))
async def show_permissions(request: AnyRequest) -> Response[Any]:
    """Roles across, permissions down; a cell says how far it reaches."""
    groups = lines(fresh_proofs(requirements(request.app)))
    return page("permissions", groups=groups, columns=list(Column), w=permission_wording)


HANDLERS: list[Any] = [show_permissions]
