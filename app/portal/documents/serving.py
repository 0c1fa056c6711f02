"""The headers under which the content of a document travels. Pure."""

from urllib.parse import quote

from app.files.model import PDF, File

# Nothing in a document may act, ask for anything, or be framed elsewhere; opened alone it has no origin.
SEALED_OFF = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
# The browsers' own PDF viewers do not start in a sandbox: a PDF that only shows something is framed by our page alone.
SHOWN_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


def headers_of(file: File, *, download: bool) -> dict[str, str]:
    """How browsers must treat it: what it is is said and not guessed, and its name is one of a file.

    The name stands there twice (RFC 6266): in ASCII for old programs, and as it is (RFC 5987).
    """
    name = file.file_name
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\%' else "_" for sign in name)
    away = download or not file.viewable
    framed = not away and file.media_type == PDF
    return {
        "Content-Type": f"{file.media_type}; charset=utf-8" if file.media_type.startswith("text/") else file.media_type,
        "Content-Disposition": f'{"attachment" if away else "inline"}; filename="{plain}"; '
        f"filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": SHOWN_PDF if framed else SEALED_OFF,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "none",
    }
