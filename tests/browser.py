"""A client that reads every page it gets, so that no test has to remember to."""

import re
from collections import Counter
from typing import Any

import httpx
from bs4 import BeautifulSoup, Tag

from app.lib import csrf

SAFE = {"GET", "HEAD", "OPTIONS"}
ERROR = re.compile(r"^(Error: |Erreur\xa0: )")


class Browser(httpx.AsyncClient):
    """Speaks to the application in this process; `secret` is what its forms are bound to."""

    def __init__(self, app: Any, secret: bytes, *, htmx: bool = False, language: str = "en", **cookies: str) -> None:
        headers = {"Accept-Language": language, "Accept-Encoding": "identity"}
        if htmx:
            headers["HX-Request"] = "true"
        super().__init__(
            transport=httpx.ASGITransport(app=app),
            base_url="http://test",
            headers=headers,
            cookies={"language": language, **cookies},
        )
        self.secret = secret
        self.reads = True

    async def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        if request.method not in SAFE and "x-csrf-token" not in request.headers:
            request.headers["X-CSRF-Token"] = csrf.token(self.secret)
        reply = await super().send(request, **kwargs)
        await reply.aread()
        if self.reads and reply.headers.get("content-type", "").startswith("text/html"):
            check(BeautifulSoup(reply.text, "html.parser"), str(request.url))
        return reply

    async def page(self, url: str) -> BeautifulSoup:
        """The page at this address, which must be there."""
        reply = await self.get(url)
        assert reply.status_code == 200, f"{url} answered {reply.status_code}"
        return BeautifulSoup(reply.text, "html.parser")


def read(reply: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(reply.text, "html.parser")


def text_of(part: BeautifulSoup | Tag | None) -> str:
    """The words of a part, each run of white space one space (no-break ones stay)."""
    assert part is not None, "the page has no such part"
    return re.sub(r"[ \t\n]+", " ", part.get_text(" ")).strip()


def check(page: BeautifulSoup, url: str) -> None:
    """What must hold for any page or part of one."""
    ids = Counter(str(tag["id"]) for tag in page.select("[id]"))
    assert [i for i, n in ids.items() if n > 1] == [], f"duplicate ids on {url}"
    assert page.select("[style], style, script:not([src])") == [], f"{url} has inline style or script"
    assert [t.name for t in page.find_all() if any(a.startswith("on") for a in t.attrs)] == [], f"handler on {url}"
    for field in page.select("input:not([type=hidden]), select, textarea"):
        named = field.find_parent("label") or page.select_one(f"label[for='{field.get('id')}']")
        assert named or field.get("aria-label") or field.get("aria-labelledby"), f"{field} on {url} has no label"
    for form in page.select("form[hx-post]"):
        assert form.get("method") == "post", f"{form} on {url} does nothing without JavaScript"
    for form in page.select("form[method=post]"):
        assert form.select("input[name=_csrf_token]"), f"{form.get('action')} on {url} carries no token"
    if page.html:
        _check_whole(page, url, ids)


def _check_whole(page: BeautifulSoup, url: str, ids: Counter[str]) -> None:
    assert page.html is not None
    assert page.html.get("lang") in {"en", "fr"}, f"{url} does not say its language"
    for tag in page.select("[aria-describedby], label[for]"):
        for target in str(tag.get("aria-describedby") or tag["for"]).split():
            assert target in ids, f"{tag.name} on {url} points at a missing #{target}"
    for link in page.select("a[href^='#']"):
        assert str(link["href"])[1:] in ids, f"{link} on {url} leads nowhere"
    headings = page.select("h1")
    assert len(headings) == 1, f"{url} has {len(headings)} h1"
    assert page.title is not None
    title = ERROR.sub("", page.title.get_text().strip())
    assert title.startswith(text_of(headings[0])), f"title “{title}” and h1 differ on {url}"
    ours = all(str(tag.get("src") or tag.get("href")).startswith("/") for tag in page.select("script, link"))
    assert ours, f"{url} asks another site for something"
