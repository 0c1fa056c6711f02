"""What a visitor sees when something goes wrong: a page that says so plainly, in their language."""

import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from secrets import choice
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect
from litestar.types import Receive, Scope, Send

from app.access.guard import Lent, Moved, RecordClosed, StaleFactor, TrainingMissing
from app.access.policy import Role
from app.accounts import cookies, languages
from app.accounts.authentication import SAFE, StaleForm, check_form_token
from app.accounts.doors import DOORS
from app.accounts.routes.parts import session_of
from app.accounts.step_up.rendering import held_until_confirmed
from app.consents import queries as consents
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.settings import Environment, settings
from app.site import headers, wording
from app.site.wording import Failure

AnyRequest = Request[Any, Any, Any]
Handler = Callable[[AnyRequest, Any], Response[Any]]

AGAIN = "/sign-in/again"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Letters and digits that nobody confuses on the telephone.
SPOKEN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def not_signed_in(request: AnyRequest, _error: NotAuthorizedException) -> Response[Any]:
    """A part of a page gets the status alone and asks to sign in again; a whole page goes to sign in."""
    if pages.is_partial(request):
        return Response(b"", status_code=401, headers={"Vary": "HX-Request"})
    return Redirect(f"/sign-in?next={quote(_way_back(request))}", status_code=303)


def _way_back(request: AnyRequest) -> str:
    """The page to return to: this one, or for something sent the page it was sent from."""
    if request.method in SAFE:
        return pages.visit.get().path
    came_from = urlsplit(request.headers.get("referer", ""))
    return pages.local_path(came_from.path)


def training_missing(request: AnyRequest, _error: TrainingMissing) -> Response[Any]:
    """The course first, then back to what was asked for."""
    return pages.go(request, f"/training?next={quote(_way_back(request))}")


def lent(request: AnyRequest, _error: Lent) -> Response[Any]:
    """The screen is handed over: whatever was asked for, here is what it was handed over for."""
    return pages.go(request, DOORS[Role.TABLET])


def stale_factor(request: AnyRequest, error: StaleFactor) -> Response[Any]:
    """A fresh second factor first, then back to the page; a form that was sent travels along."""
    if request.method not in SAFE and request.headers.get("content-type", "").startswith(FORMS):
        return Later(lambda: _held_until_confirmed(request, error))
    return pages.go(request, f"/step-up?next={quote(_way_back(request))}")


async def _held_until_confirmed(request: AnyRequest, error: StaleFactor) -> Response[Any]:
    """Nothing of a form that was not ours is kept, or others could have their forms confirmed."""
    try:
        older = await check_form_token(request)
    except StaleForm as fault:
        return stale_form(request, fault)
    session = session_of(request)
    if older is not None or session is None:
        return older or broken(request, error)
    return await held_until_confirmed(request, session, _way_back(request))


class Later(Response[Any]):
    """An answer that must read what was sent first, which the framework asks no handler of failures to do."""

    def __init__(self, reply: Callable[[], Awaitable[Response[Any]]]) -> None:
        super().__init__(None)
        self.reply = reply

    def to_asgi_response(self, app: Any, request: AnyRequest, **_: Any) -> Any:
        async def answering(scope: Scope, receive: Receive, send: Send) -> None:
            reply = await self.reply()
            await reply.to_asgi_response(app=None, request=request)(scope, receive, send)

        return answering


def stale_form(request: AnyRequest, _error: StaleForm) -> Response[Any]:
    """A part of a page is answered as if its session had ended, which it has: whoever wrote signs in and goes on."""
    if not pages.is_partial(request):
        return _page(request, 403, wording.stale_form)
    if request.scope["path"].startswith(AGAIN):  # the dialog itself: it begins anew
        return Redirect(AGAIN, status_code=303)
    return Response(b"", status_code=401, headers={"Vary": "HX-Request"})


def refused(request: AnyRequest, error: Refused) -> Response[Any]:
    """A rule said no. In a page that is open the words take the place of what no longer holds."""
    reply = _page(request, 409, lambda: wording.refusal_words(error.code))
    reply.headers |= {"HX-Retarget": "#main", "HX-Reswap": "innerHTML show:top"}
    return reply


def moved(request: AnyRequest, error: Moved) -> Response[Any]:
    """The record was merged into another: old addresses lead there, and what was written for it alone is not taken."""
    if request.method not in SAFE:
        return refused(request, Refused("patient.merged"))
    return pages.go(request, _way_back(request).replace(str(error.former), str(error.root), 1))


def record_closed(request: AnyRequest, error: RecordClosed) -> Response[Any]:
    """The person's own decision. Says by code which record, and whose it is to nobody."""
    return Later(lambda: _closed_page(request, error.patient))


async def _closed_page(request: AnyRequest, patient: UUID) -> Response[Any]:
    code, since = await consents.code_of(patient), await consents.closed_since(patient)
    failure = wording.closed_words(code, clock.day_in(i18n.ZONE, since) if since else None, patient)
    reply = pages.html(pages.render("site/failure.html", failure=failure, reference="", here=""), 403)
    if pages.is_partial(request):  # an open page goes, with all that it still shows
        reply.headers["HX-Redirect"] = f"/patients/{patient}"
    return reply


def not_served(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Every other answer that is not the page one asked for."""
    if error.status_code >= 500:
        return broken(request, error)
    reply = _page(request, error.status_code, lambda: wording.failure_words(error.status_code))
    if "allow" in (error.headers or {}):
        reply.headers["Allow"] = (error.headers or {})["allow"]
    return reply


def broken(request: AnyRequest, error: Exception) -> Response[Any]:
    """A fault of ours: logged under a reference that the visitor can read out."""
    reference = " ".join("".join(choice(SPOKEN) for _ in range(2)) for _ in range(3))
    headers.write_line(
        event="failure",
        reference=reference,
        id=request.scope["state"].get("request_id", ""),
        route=request.scope.get("path_template", "?"),
        error=type(error).__name__,
        # A message may quote what somebody typed; where real people are served only the place is logged.
        message="" if settings().environment is Environment.PRODUCTION else str(error),
        at=[_place(frame) for frame in traceback.extract_tb(error.__traceback__)],
    )
    return _page(request, 500, lambda: wording.failure_words(500), reference)


def _place(frame: traceback.FrameSummary) -> str:
    return f"{PurePosixPath(frame.filename).name}:{frame.lineno} {frame.name}"


def _page(request: AnyRequest, status: int, words: Callable[[], Failure], reference: str = "") -> Response[Any]:
    with _understood(request):
        here = pages.visit.get().path if request.method in SAFE else ""
        reply = pages.page(request, "site/failure", status=status, failure=words(), reference=reference, here=here)
    if "session" not in request.scope:
        _see_off(request, reply)
    return reply


def _see_off(request: AnyRequest, reply: Response[Any]) -> None:
    """Where no route was found no middleware runs: what it adds and writes is done here."""
    request_id = headers.new_request_id()
    reply.headers |= headers.security_headers(settings().secure)
    reply.headers |= {"Cache-Control": "no-store", "X-Request-Id": request_id}
    headers.write_line(
        event="request", id=request_id, method=request.method, route="?", status=reply.status_code or 0, ms=0
    )


@contextmanager
def _understood(request: AnyRequest) -> Iterator[None]:
    """The visitor's language, also where no route was found and nobody has looked at the cookies."""
    if "session" in request.scope:
        yield
        return
    raw = request.scope["headers"]
    cookie = cookies.read(raw).get(cookies.named(cookies.LANGUAGE, settings().secure))
    speaking = i18n.locale.set(languages.chosen(cookie, None, request.headers.get("accept-language", "")))
    visiting = pages.visit.set(pages.Visit(request.scope["path"]))
    try:
        yield
    finally:
        pages.visit.reset(visiting)
        i18n.locale.reset(speaking)


HANDLERS: dict[int | type[Exception], Handler] = {
    StaleForm: stale_form,
    Lent: lent,
    RecordClosed: record_closed,
    TrainingMissing: training_missing,
    StaleFactor: stale_factor,
    NotAuthorizedException: not_signed_in,
    Refused: refused,
    Moved: moved,
    HTTPException: not_served,
    Exception: broken,
}
