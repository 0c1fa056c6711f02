"""The page that asks for a second factor, also in place of a form that was sent too late for it."""

from typing import Any

from litestar import Request, Response

from app.access.policy import Role
from app.accounts import queries
from app.accounts.held import Held
from app.accounts.model import Session, masked_email
from app.accounts.problems import Problem
from app.accounts.wording import problem_words
from app.channels import sms_available
from app.lib import clock, pages


async def step_up_page(
    request: Request[Any, Any, Any],
    session: Session,
    following: str,
    *,
    held: Held | None = None,
    problem: Problem | None = None,
) -> Response[Any]:
    """What this person can confirm with; a code that was sent is waited for."""
    attempt = await queries.find_step_up(session.id, clock.now())
    return pages.page(
        request,
        "accounts/step_up",
        status=422 if problem else 200,
        address=masked_email(await queries.get_email(session.account)),
        factors=await queries.factors_of(session.account),
        way=str(attempt.channel) if attempt else "",
        asked_at=attempt.asked_at if attempt else None,
        sms=sms_available(),
        problem=problem and problem_words(problem),
        next=following,
        held=held.as_text() if held else "",
        lent=session.role is Role.TABLET,
        typed=held is not None and any(value.strip() for _, value in held.fields),
    )


async def held_until_confirmed(request: Request[Any, Any, Any], session: Session, following: str) -> Response[Any]:
    """A form came too late: it travels along while its sender confirms. In a page that is open this takes its place."""
    form = await request.form()
    held = Held.of(request.scope["path"], form.multi_items())
    reply = await step_up_page(request, session, following, held=held)
    if pages.is_partial(request):
        reply.status_code = 409
        reply.headers |= {"HX-Retarget": "#main", "HX-Reswap": "innerHTML show:top"}
    else:
        reply.status_code = 403
    return reply
