"""Documents in words: kinds, states, sizes, and why one cannot be kept. Pure."""

from app.files.model import JPEG, PDF, PNG, File, Kind, State
from app.lib.i18n import gettext as _
from app.lib.i18n import number_words

KILOBYTE = 1000


def kind_words(kind: str) -> str:
    return {
        Kind.CONSENT: _("Consent"),
        Kind.REPORT: _("Report"),
        Kind.LETTER: _("Letter"),
        Kind.IMAGE: _("Image"),
        Kind.OTHER: _("Other document"),
    }[Kind(kind)]


def all_kinds() -> list[tuple[Kind, str]]:
    return [(kind, kind_words(kind)) for kind in Kind]


def kind_choices() -> list[tuple[str, str]]:
    """What somebody may call a document; consents are collected on their own page."""
    return [(kind.value, kind_words(kind)) for kind in Kind if kind is not Kind.CONSENT]


def type_words(file: File) -> str:
    return {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}.get(file.media_type) or _("Text")


def size_words(size: int) -> str:
    """As file managers say it: in steps of a thousand."""
    if size < KILOBYTE:
        return _("%(size)s bytes") % {"size": size}
    if size < KILOBYTE**2:
        return _("%(size)s kB") % {"size": number_words(size / KILOBYTE, 0)}
    return _("%(size)s MB") % {"size": number_words(size / KILOBYTE**2, 1)}


def state_words(state: State) -> str:
    return {
        State.RECEIVED: _("Being checked for viruses"),
        State.CHECKED: _("Checked"),
        State.REFUSED: _("Refused: a virus was found"),
    }[state]


def problem_words(code: str) -> str:
    """Why a file is not kept and what to do, for beside its field."""
    return problems()[code]


def problems() -> dict[str, str]:
    """Every reason, by its code."""
    return {
        "file.missing": _("Choose at least one file"),
        "file.empty": _("This file is empty. Open it to see whether something is in it, then choose it again"),
        "file.too_large": _("This file is larger than 20 MB. Send it in several parts, or scan it again more coarsely"),
        "file.too_many": _("These are more than 10 files. Send them in several goes"),
        "file.too_large_together": _("Together these files are larger than 60 MB. Send them in several goes"),
        "file.heic": _(
            "This photo is in the HEIC format, which not everybody can open. On an iPhone choose Settings, Camera, "
            "Formats, Most Compatible, and take it again; or send a screenshot of it"
        ),
        "file.office": _(
            "This file comes from an office program or is an archive. Save it as PDF, then choose the PDF"
        ),
        "file.image_kind": _("This kind of image is not taken. Save it as JPEG or PNG, then choose that file"),
        "file.kind": _("This kind of file is not taken. Choose a PDF, a JPEG or PNG image, or plain text"),
        "file.two_kinds": _("This PDF holds an archive. Print it to a new PDF, then choose that one"),
        "file.damaged": _("This image is damaged and cannot be shown. Choose another copy of it"),
        "file.too_many_pixels": _("This image has more than 60 million dots. Save it smaller, then choose it again"),
        "file.too_many_today": _(
            "You have added documents very often today. Go on tomorrow, or give them to your team"
        ),
        "file.store_failed": _(
            "The document could not be kept: the storage does not answer. Try again in a few minutes"
        ),
    }


def named_problem(name: str, code: str) -> str:
    """The same where several files were chosen: which one it is."""
    return name + _(": ") + problem_words(code)
