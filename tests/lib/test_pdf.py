"""PDF for everybody: tagged, in French letters, and made without asking anybody for anything."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.lib.pdf import ForeignAddress, to_pdf

PAGE = """<html lang="fr"><head><title>Copie d’un consentement</title></head><body><h1>Consentement</h1>
<p>Élève, œuvre, « ça »\N{NO-BREAK SPACE}: l’été à 14\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}32, Łukasz.</p>
{more}</body></html>"""


def test_it_is_tagged_titled_and_reads_as_it_was_written():
    found = PdfReader(
        BytesIO(to_pdf(PAGE.replace("{more}", "<table><tr><th scope=row>Nom</th><td>Paul</td></tr></table>")))
    )

    catalogue = found.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "fr"
    assert found.metadata.title == "Copie d’un consentement"
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()
    words = " ".join(found.pages[0].extract_text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Élève, œuvre, « ça » : l’été à 14 h 32, Łukasz." in words
    fonts = {str(font.get_object()["/BaseFont"]) for font in found.pages[0]["/Resources"]["/Font"].values()}
    assert fonts != set()
    assert all("Atkinson" in font for font in fonts), fonts


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:1/x.png", "https://example.org/x.png", "static:../app/main.py"]
)
def test_nothing_else_is_read(address):
    with pytest.raises(ForeignAddress):
        to_pdf(PAGE.replace("{more}", f'<img alt="x" src="{address}">'))


@pytest.mark.parametrize("page", ["<html><title>x</title><p>a", "<html lang=fr><title> </title><p>a"])
def test_a_page_without_language_or_title_is_refused(page):
    with pytest.raises(ValueError, match="language"):
        to_pdf(page)
