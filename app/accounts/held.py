"""A form that was sent after the session ended: what was typed travels along while one signs in again. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

# Ours, made anew with the page that sends the rest.
NOT_KEPT = "_csrf_token"
# No page shows one again, nor what was typed beside it: whoever sits down at the screen next may be somebody else.
# tests/accounts/test_held.py holds every template to this name.
SECRET = "password"  # noqa: S105 - how such fields are named


@dataclass(frozen=True, slots=True)
class Held:
    """Where the form was going, and its fields; those of one name in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, path: str, sent: Iterable[tuple[str, object]]) -> "Held":
        """A form as it was sent, without its token and files; with nothing at all if it asks for a password.

        >>> Held.of("/a", [("_csrf_token", "x"), ("q1", "2")]).fields
        (('q1', '2'),)
        >>> Held.of("/a", [("new_password", "secret"), ("q1", "2")]).fields
        ()
        """
        typed = tuple((name, value) for name, value in sent if isinstance(value, str) and name != NOT_KEPT)
        return cls(path, () if any(name.endswith(SECRET) for name, _ in typed) else typed)

    @classmethod
    def from_text(cls, text: str) -> "Held | None":
        """Read what `as_text` wrote; None if it is something else or leads to another site.

        >>> held = Held("/a", (("q1", "é"), ("q1", "2")))
        >>> Held.from_text(held.as_text()) == held
        True
        >>> Held.from_text(""), Held.from_text('["//evil.example", []]'), Held.from_text('{"a": 1}')
        (None, None, None)
        """
        try:
            path, fields = json.loads(text)
            pairs = tuple((str(name), str(value)) for name, value in fields)
        except (ValueError, TypeError):
            return None
        here = isinstance(path, str) and path.startswith("/") and not path.startswith(("//", "/\\"))
        return cls(path, pairs) if here and path.isprintable() else None

    def as_text(self) -> str:
        """For one hidden field."""
        return json.dumps([self.path, self.fields], ensure_ascii=False)
