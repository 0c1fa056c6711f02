"""A page drawn once a process: what differs from one person to the next is set into its slots. No template, no I/O."""

from markupsafe import Markup, escape

EDGE = "\0"
"""Stands around a slot's name. No text that reaches a page holds it: answers and names with NUL are refused."""


def slot(name: str) -> Markup:
    """What a template is given in place of a value that comes later.

    >>> slot("cards")
    Markup('\\x00cards\\x00')
    """
    return Markup(f"{EDGE}{name}{EDGE}")  # noqa: S704 - a name of our own


class Frame:
    """Drawn HTML with slots. Filling looks at the frame alone, so nothing that is filled in can open a slot."""

    def __init__(self, html: str) -> None:
        self.pieces = [piece.encode() for piece in html.split(EDGE)]
        self.names = html.split(EDGE)[1::2]

    def filled(self, **values: object) -> bytes:
        """The page in UTF-8. A value that is no Markup is escaped; KeyError when one is missing.

        >>> Frame(f"<p>{slot('a')}, {slot('b')}</p>").filled(a="<", b=Markup("<b>&amp;</b>"))
        b'<p>&lt;, <b>&amp;</b></p>'
        """
        ready = {name: escape(value).encode() for name, value in values.items()}
        pieces = self.pieces.copy()
        pieces[1::2] = [ready[name] for name in self.names]
        return b"".join(pieces)
