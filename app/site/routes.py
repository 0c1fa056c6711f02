"""The front door, static files, health, the choice of language and the pages everybody may read."""

import re
from datetime import timedelta
from functools import cache
from typing import Any

import asyncpg
from litestar import Litestar, MediaType, Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.routes import HTTPRoute

from app.access.guard import EVEN_LENT, PUBLIC
from app.access.policy import Actor, Role
from app.accounts import cookies
from app.accounts.actions import sessions
from app.accounts.doors import DOORS
from app.lib import clock, db, i18n, migrations, pages
from app.lib.assets import Asset, assets
from app.settings import settings
from app.site import wording

AnyRequest = Request[Any, Any, Any]

FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"
A_YEAR = int(timedelta(days=365).total_seconds())


@get("/", opt=PUBLIC)
async def front_door(request: AnyRequest) -> Redirect:
    """Everybody to where their work is."""
    actor = request.scope["user"]
    return Redirect(DOORS[actor.role] if isinstance(actor, Actor) else "/sign-in", status_code=303)


@get("/static/{name:path}", opt=PUBLIC)
async def static_file(request: AnyRequest, name: FromPath[str], v: FromQuery[str] = "") -> Response[bytes]:
    """A file of `static/`, for ever when asked for by its fingerprint."""
    asset = assets().get(name.lstrip("/"))
    if asset is None:
        return Response(b"", status_code=404, media_type=MediaType.TEXT)
    return _file(request, asset, FOR_EVER if v == asset.fingerprint else FOR_AN_HOUR)


@get("/favicon.ico", opt=PUBLIC)
async def favicon(request: AnyRequest) -> Response[bytes]:
    """For browsers that do not read the page's own links."""
    return _file(request, assets()["favicon-32.png"], FOR_AN_HOUR)


def _file(request: AnyRequest, asset: Asset, caching: str) -> Response[bytes]:
    squeezed = asset.squeezed if "gzip" in request.headers.get("accept-encoding", "") else None
    etag = f'"{asset.fingerprint}{"-gzip" if squeezed else ""}"'
    headers = {"Cache-Control": caching, "ETag": etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    if squeezed:
        headers["Content-Encoding"] = "gzip"
    return Response(squeezed or asset.body, media_type=asset.kind, headers=headers)


@get("/healthz", opt=PUBLIC, media_type=MediaType.TEXT)
async def healthz() -> str:
    """This process answers."""
    return "ok"


@cache
def newest_schema() -> str:
    return migrations.newest()


@get("/readyz", opt=PUBLIC)
async def readyz() -> Response[dict[str, str]]:
    """The database answers and has the schema this program was written for."""
    try:
        async with db.connection() as link:
            schema = await migrations.applied(link)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return Response({"database": "unreachable"}, status_code=503)
    if schema != newest_schema():
        return Response({"database": "ok", "schema": "old"}, status_code=503)
    return Response({"database": "ok", "schema": "newest"})


@get("/language/{code:str}", opt=EVEN_LENT)
async def choose_language(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Speak this language from now on, and go back to the page one was on. On a lent tablet its owner keeps theirs."""
    if code not in i18n.LOCALES:
        return pages.html(pages.render("site/language.html", failure=wording.unknown_language()), 404)
    actor = request.scope["user"]
    if isinstance(actor, Actor) and actor.role is not Role.TABLET:
        await sessions.choose_language(actor, code, at=clock.now())
    line = cookies.written(cookies.LANGUAGE, code, secure=settings().secure, seconds=A_YEAR)
    way_back = pages.local_path(request.query_params.get("next"))
    if _takes_only(request.app).fullmatch(way_back.partition("?")[0]):
        way_back = "/"
    return Redirect(way_back, status_code=303, headers={"Set-Cookie": line})


@cache
def _takes_only(app: Litestar) -> re.Pattern[str]:
    """The paths that take what is sent and cannot be opened: a form refused twice was sent from such a one."""
    paths = [route.path_format for route in app.routes if isinstance(route, HTTPRoute) and "GET" not in route.methods]
    return re.compile("|".join(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)) for path in paths))


@get(["/help", "/privacy", "/accessibility", "/legal"], opt=EVEN_LENT)
async def plain_page(request: AnyRequest) -> Response[str]:
    """A page that is only words."""
    return pages.html(pages.render(f"pages{request.scope['path']}.html"))


HANDLERS: list[Any] = [
    front_door,
    static_file,
    favicon,
    healthz,
    readyz,
    choose_language,
    plain_page,
]
