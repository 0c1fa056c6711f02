"""Rendering: the whole page, or for htmx the part of it that changes; and what every template may ask."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from litestar import MediaType, Request, Response
from litestar.response import Redirect

from app.lib import assets, csrf, i18n
from app.lib.frames import Frame, slot

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Visit:
    """What the layout of any page needs to know of the request it answers."""

    path: str = "/"
    csrf_secret: bytes = b"\0" * csrf.SIZE
    actor: Any = None


NOBODY = Visit()
ANYBODY = Visit(csrf_secret=b"")
"""Whom a frame is drawn for: the form token comes later, and nothing else of a visit may stand in it."""
visit: ContextVar[Visit] = ContextVar("visit", default=NOBODY)


def csrf_token() -> str:
    secret = visit.get().csrf_secret
    return csrf.token(secret) if secret else slot("csrf_token")


def actor() -> Any:
    """Who is signed in, or None."""
    return visit.get().actor


def language_url(code: str) -> str:
    """The same page in another language."""
    return f"/language/{code}?next={quote(visit.get().path)}"


class Page(Template):
    """A template whose macros are made once a process. All have the same globals, so asking at each import is idle."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module(None)


class Pages(Environment):
    template_class = Page


def environment() -> Environment:
    env = Pages(
        loader=FileSystemLoader([ROOT / "templates", ROOT / "components"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    env.globals |= {
        "locale": i18n.locale.get,
        "csrf_token": csrf_token,
        "static": assets.address,
        "language_url": language_url,
        "actor": actor,
        "path": lambda: visit.get().path,
    }
    env.filters |= {
        "day": i18n.day_words,
        "clock": i18n.time_words,
        "moment": i18n.moment_words,
        "number": i18n.number_words,
    }
    return env


ENV = environment()


def is_partial(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a part. Going back in history asks for the whole page again; so does a link that htmx
    follows and takes its part from."""
    headers = request.headers
    whole = "hx-history-restore-request" in headers or "hx-boosted" in headers
    return "hx-request" in headers and not whole


def render(name: str, /, **context: Any) -> str:
    return ENV.get_template(name).render(context)


def frame(name: str, **context: Any) -> Frame:
    """A template drawn for anybody, `slot(…)` standing for what is filled in later; `csrf_token` is one of them."""
    visiting = visit.set(ANYBODY)
    try:
        return Frame(render(name, **context))
    finally:
        visit.reset(visiting)


def html(body: str | bytes, status: int = 200, **headers: str) -> Response[Any]:
    return Response(body, media_type=MediaType.HTML, status_code=status, headers={"Vary": "HX-Request", **headers})


def page(request: Request[Any, Any, Any], name: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Render `folder/name.html`, or its partial `folder/_name.html` for an htmx request.

    The page includes the partial, so the two cannot drift apart, and a browser without JavaScript gets the same answer
    as a whole page.
    """
    folder, _, stem = name.rpartition("/")
    template = f"{folder}/_{stem}.html" if is_partial(request) else f"{folder}/{stem}.html"
    return html(render(template, **context), status)


def done(request: Request[Any, Any, Any], url: str, name: str, **context: Any) -> Response[Any]:
    """After a write: the changed part for htmx, else a redirect, so reload does not repeat it."""
    if is_partial(request):
        return page(request, name, **context)
    return Redirect(url, status_code=303)


def go(request: Request[Any, Any, Any], url: str) -> Response[Any]:
    """Send the browser to another page, with htmx or without."""
    if is_partial(request):
        return Response(None, status_code=204, headers={"HX-Redirect": url})
    return Redirect(url, status_code=303)


def local_path(path: str | None, otherwise: str = "/") -> str:
    """A `next` address that stays on this site.

    >>> local_path("/home"), local_path("//evil.example"), local_path("https://evil.example"), local_path(None)
    ('/home', '/', '/', '/')
    """
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return otherwise
    return path if path.isprintable() else otherwise
