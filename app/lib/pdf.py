"""PDF from HTML: tagged for screen readers (PDF/UA-1), in our typeface, without any network or file but our own.

It takes a second or more of one core: call it in the worker, not while somebody waits for a page.
"""

import re
from pathlib import Path
from typing import Any

from app.lib.assets import assets

STYLES = Path(__file__).parents[2] / "components" / "styles" / "pdf.css"
OURS = "static:"
LANGUAGE = re.compile(r"<html[^>]*\slang=\"?[a-z]")
TITLE = re.compile(r"<title>\s*[^\s<]")


class ForeignAddress(ValueError):
    """The page asks for something that is not ours."""


def to_pdf(html: str) -> bytes:
    """A whole page as PDF/UA-1; `static:NAME` in it is a file of `static/`, `data:` works as in browsers.

    ValueError without a language or a title, which readers of the PDF need; ForeignAddress for any other address.
    The look comes from components/styles/pdf.css. Images need `alt`, inline SVG a `<title>`.
    """
    if LANGUAGE.search(html) is None or TITLE.search(html) is None:
        raise ValueError("a page for PDF says its language (<html lang>) and its title")
    # Loads for seconds, and libraries of the system: only where a PDF is made.
    from weasyprint import CSS, HTML  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    fonts, fetcher = FontConfiguration(), _fetcher()
    look = CSS(string=STYLES.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=fetcher)
    try:
        page = HTML(string=html, url_fetcher=fetcher)
        made: bytes = page.write_pdf(stylesheets=[look], font_config=fonts, pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as fault:
        raise ForeignAddress("the page asks for something that is not ours") from fault
    return made


def _fetcher() -> Any:
    """Fetches our own files and what stands in the page itself; anything else ends the making."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class Ours(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            asset = assets().get(url.removeprefix(OURS)) if url.startswith(OURS) else None
            if asset is None:
                raise FatalURLFetchingError("not ours")
            return URLFetcherResponse(url, asset.body, {"Content-Type": asset.kind})

    return Ours(allowed_protocols={"data"})
