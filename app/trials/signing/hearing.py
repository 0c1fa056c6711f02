"""When a signature is withdrawn by what happens to the answers under it. Imported by every process that acts."""

from app.lib.hearing import answers, hears
from app.lib.i18n import gettext as _
from app.responses.news import ResponseCorrected, ResponseSent, WhatFollows
from app.trials.signing.actions import Undoing, unsign_visit
from app.trials.signing.model import Cause
from app.trials.signing.queries import hold_signed_with, signed_with


@hears(ResponseCorrected)
async def unsign_what_was_corrected(news: ResponseCorrected) -> None:
    for visit in await hold_signed_with(news.response):
        await unsign_visit(news.by, visit, Undoing(Cause.CORRECTED), at=news.at)


@hears(ResponseSent)
async def unsign_what_came_late(news: ResponseSent) -> None:
    for visit in await hold_signed_with(news.response):
        await unsign_visit(news.by, visit, Undoing(Cause.ANSWERED), at=news.at)


@answers(WhatFollows)
async def say_what_is_signed(question: WhatFollows) -> str:
    """Before the change, to whoever is about to make it."""
    if not await signed_with(question.response):
        return ""
    return _(
        "This answer belongs to a visit that was signed. If you change it, the signature is withdrawn, and whoever"
        " signed is told."
    )
