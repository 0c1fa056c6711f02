"""Where the provider of text messages and calls says what became of them."""

import asyncio
from typing import Any

from litestar import Request, Response, post
from litestar.exceptions import NotFoundException, PermissionDeniedException

from app.access.guard import PUBLIC
from app.channels import twilio_reports
from app.channels.actions import note_report
from app.lib import clock, sms

# A report may come while the transaction that handed the message over is not finished.
ASKED_AGAIN = 3
SECONDS_BETWEEN = 0.3


async def only_signed(request: Request[Any, Any, Any]) -> None:
    """In place of the forms' token, which no provider has: a signature over all fields with the account's token."""
    signature = request.headers.get("x-twilio-signature", "")
    if not sms.is_signed(await request.form(), signature):
        raise PermissionDeniedException


@post(sms.CALLBACK, opt=PUBLIC, before_request=only_signed)
async def take_report(request: Request[Any, Any, Any]) -> Response[None]:
    """Keep what became of a message or call. What is not ours is not there; what is said twice does no harm."""
    form = await request.form()
    report = twilio_reports.read({name: value for name, value in form.items() if isinstance(value, str)})
    if report is None:
        raise NotFoundException
    for again in range(ASKED_AGAIN + 1):
        if report.state is None or await note_report(report.provider_id, report.state, report.error, at=clock.now()):
            return Response(None, status_code=204)
        if again < ASKED_AGAIN:
            await asyncio.sleep(SECONDS_BETWEEN)
    raise NotFoundException


HANDLERS: list[Any] = [take_report]
