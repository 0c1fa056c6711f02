"""Files as people send them: images with places in them, PDFs that act and PDFs that do not."""

import zlib
from io import BytesIO

from PIL import Image

PASSIVE_PDF = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >> endobj
trailer << /Root 1 0 R >>
%%EOF
"""
ACTING_PDF = PASSIVE_PDF.replace(
    b"/Pages 2 0 R >>", b"/Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"
)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)


def hidden_pdf(held: bytes, *, about: bytes = b"/Filter /FlateDecode") -> bytes:
    """A PDF whose objects lie in a compressed stream."""
    packed = zlib.compress(held)
    head = b"4 0 obj << /Type /ObjStm /N 1 /First 4 /Length %d %s >>\nstream\n" % (len(packed), about)
    return PASSIVE_PDF.replace(b"trailer", head + packed + b"\nendstream endobj\ntrailer")


def jpeg(*, turned: int = 1, width: int = 60, progressive: bool = False) -> bytes:
    """A picture that says where it was taken, by whom and with which device."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Secret camera"
    exif[0x8825] = {1: "N", 2: (45.0, 45.0, 35.0), 3: "E", 4: (4.0, 50.0, 32.0)}
    image = Image.effect_mandelbrot((width, 40), (-2, -1.5, 1, 1.5), 50).convert("RGB")
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"Secret comment", quality=90, progressive=progressive)
    return out.getvalue()


def png() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Secret author")
    notes.add_itxt("XML:com.adobe.xmp", "<Secret place>")
    out = BytesIO()
    Image.new("RGB", (30, 20), (20, 120, 130)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()
