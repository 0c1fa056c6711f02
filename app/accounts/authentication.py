"""Turns a session cookie into an Actor, and refuses forms that are not ours. Decides no permission."""

import hmac
from contextvars import ContextVar
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.status_codes import HTTP_401_UNAUTHORIZED, HTTP_403_FORBIDDEN
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.access.policy import Actor, Role
from app.accounts import cookies, languages, queries, tokens
from app.accounts.held import Held
from app.accounts.model import SEEN_EVERY, Session, idle_end
from app.accounts.rendering import again_page
from app.lib import clock, csrf, i18n, pages
from app.lib.db import execute
from app.lib.origin import Origin, client_of, limited_as, network_of, origin
from app.settings import settings

# `/session/left`: a page asks how long its session lasts, which must not prolong it.
WITHOUT_VISITOR = ("/static/", "/healthz", "/readyz", "/favicon.ico", "/session/left")
WITHOUT_SESSION = ("/sign-in", "/sign-out")
LONGER = {Role.PATIENT, Role.TABLET}
SAFE = {"GET", "HEAD", "OPTIONS"}
SEEN = "UPDATE session SET last_seen_at = $2, idle_until = $3 WHERE id = $1 AND last_seen_at < $4"


# Whether the person works in several centres: the strip of the team's pages then offers to change.
several_centres: ContextVar[bool] = ContextVar("several_centres", default=False)
pages.ENV.globals["several_centres"] = several_centres.get


class StaleForm(PermissionDeniedException):
    """The form was not made for this session: it stood open too long, or came from elsewhere."""


class Authentication:
    """Sets `scope["user"]` (Actor or None), `scope["session"]` (Session or None), language and visit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.secure = settings().secure
        self.session_cookie = cookies.named(cookies.SESSION, self.secure)
        self.form_cookie = cookies.named(cookies.FORM, self.secure)
        self.trusted = settings().trusted_proxies or ()
        self.language_cookie = cookies.named(cookies.LANGUAGE, self.secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(WITHOUT_VISITOR):
            await self.app(scope, receive, send)
            return
        sent = cookies.read(scope["headers"])
        session, actor = await self._visitor(sent.get(self.session_cookie))
        language = languages.chosen(
            sent.get(self.language_cookie),
            session.language if session else None,
            _header(scope, b"accept-language"),
        )
        form, fresh = _form_cookie(sent.get(self.form_cookie)) if session is None else ("", False)
        secret = session.csrf_secret if session else form_secret(form)
        scope["user"], scope["session"] = actor, session
        speaking = i18n.locale.set(language)
        asking = origin.set(self._origin(scope, actor))
        visiting = pages.visit.set(pages.Visit(_address(scope), secret, actor))
        choosing = several_centres.set(session is not None and session.places > 1)
        try:
            if session is not None and actor is None:
                request = Request[Any, Any, Any](scope, receive, send)
                reply = await _held_back(request, session) if _is_a_form_sent(request) else None
                if reply is not None:
                    await reply.to_asgi_response(app=None, request=request)(scope, receive, send)
                    return
            line = cookies.written(cookies.FORM, form, secure=self.secure) if fresh else ""
            await self.app(scope, receive, _adding(send, line) if line else send)
        finally:
            several_centres.reset(choosing)
            pages.visit.reset(visiting)
            origin.reset(asking)
            i18n.locale.reset(speaking)

    def _origin(self, scope: Scope, actor: Actor | None) -> Origin:
        peer = scope["client"][0] if scope.get("client") else ""  # type: ignore[index]
        address = client_of(peer, _header(scope, b"x-forwarded-for"), self.trusted)
        return Origin(
            request=str(scope["state"].get("request_id", "")),
            address=limited_as(address),
            network=network_of(address),
            agent=_header(scope, b"user-agent")[:400],
            role=actor.role if actor else "",
            organisation=actor.organisation if actor else None,
        )

    async def _visitor(self, token: str | None) -> tuple[Session | None, Actor | None]:
        if not token:
            return None, None
        at = clock.now()
        found = await queries.find_session(tokens.hash_of(token), at)
        if found is None:
            return None, None
        session, actor = found
        if not session.live:
            # Nobody signs in again in place on a tablet that was left lying: its session is over.
            return (None, None) if session.role is Role.TABLET else (session, None)
        if at - session.last_seen_at > SEEN_EVERY:
            await _note_visit(session, at)
        return session, actor


def _is_a_form_sent(request: Request[Any, Any, Any]) -> bool:
    """Whether a whole page was sent, by a browser without our script or by a button that needs none."""
    written = request.method not in SAFE and not pages.is_partial(request)
    return written and not request.scope["path"].startswith(WITHOUT_SESSION)


async def _held_back(request: Request[Any, Any, Any], session: Session) -> Response[Any] | None:
    """The session ended while a form was filled in: ask to sign in again and lose nothing of it."""
    form = await request.form()
    if not _token_fits(form.get("_csrf_token"), session.csrf_secret):
        return None
    came_from = pages.local_path(urlsplit(request.headers.get("referer", "")).path)
    held = Held.of(request.scope["path"], form.multi_items())
    reply = await again_page(request, session, "offer", following=came_from, held=held)
    reply.status_code = HTTP_401_UNAUTHORIZED
    return reply


def _token_fits(token: object, secret: bytes) -> bool:
    return isinstance(token, str) and csrf.is_valid(token, secret)


async def _note_visit(session: Session, at: datetime) -> None:
    """Once a minute at most, so that reading does not write."""
    await execute(SEEN, session.id, at, idle_end(session.role in LONGER, at), at - SEEN_EVERY)


def form_secret(cookie: str) -> bytes:
    """What the forms of a visitor without session are bound to."""
    return hmac.digest(settings().secret_key, f"form:{cookie}".encode(), sha256)


def _form_cookie(sent: str | None) -> tuple[str, bool]:
    """The visitor's cookie, and whether it is new."""
    return (sent, False) if sent else (tokens.new_token(), True)


def _header(scope: Scope, name: bytes) -> str:
    """What stands in a header, all its lines in order: a proxy may add a line of its own to those that were sent."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _address(scope: Scope) -> str:
    """The page that is open: this one, or for something sent the page it was sent from."""
    if scope.get("method") not in SAFE:
        came_from = urlsplit(_header(scope, b"referer"))
        return pages.local_path(f"{came_from.path}?{came_from.query}".rstrip("?"))
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else scope["path"]


def _adding(send: Send, line: str) -> Send:
    """`send`, with one more Set-Cookie line."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", line.encode("latin-1"))]
        await send(message)

    return sending


async def check_form_token(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Before every handler: what writes must carry a token of this session, in a header or in the form.

    A page of the same person that was open before they signed in anew: they are shown what it sent, to send it again.
    """
    if request.method in SAFE:
        return None
    secret = pages.visit.get().csrf_secret
    if csrf.is_valid(request.headers.get("x-csrf-token", ""), secret):
        return None
    form = await request.form()
    token, actor = form.get("_csrf_token"), request.scope["user"]
    if _token_fits(token, secret):
        return None
    theirs = isinstance(actor, Actor) and isinstance(token, str) and await queries.made_for(actor.id, token)
    if not theirs or not _is_a_form_sent(request):
        raise StaleForm
    held = Held.of(request.scope["path"], form.multi_items())
    return pages.html(pages.render("accounts/held.html", held=held), HTTP_403_FORBIDDEN)
