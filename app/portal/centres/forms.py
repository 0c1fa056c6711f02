"""Reading the form that asks for a record. Pure; who somebody is, is read by the rules of identities."""

from collections.abc import Collection, Mapping
from uuid import UUID

from app.accounts.model import OrganisationName
from app.patients.asks.model import LONGEST_NOTE, RELATIONSHIPS, SELF
from app.patients.names import folded


def relationship_in(form: Mapping[str, str], *, for_self: bool) -> str | None:
    """What the person is to the patient; None where nothing of the list was chosen."""
    chosen = form.get("relationship", "")
    return SELF if for_self else chosen if chosen in RELATIONSHIPS else None


def centre_in(form: Mapping[str, str], centres: Collection[UUID]) -> UUID | None:
    """The chosen one of these; the only one where there is no choice."""
    if len(centres) == 1:
        return next(iter(centres))
    return next((one for one in centres if str(one) == form.get("organisation", "")), None)


def matching(centres: list[OrganisationName], asked: str, chosen: str = "") -> list[OrganisationName]:
    """Those whose name or city has words that begin so, and the one that is chosen; all where nothing is asked.

    >>> from uuid import UUID
    >>> both = [OrganisationName(UUID(int=n), "", f"Centre expert de {c}", c) for n, c in enumerate(("Lyon", "Brest"))]
    >>> [one.city for one in matching(both, "brést")], [one.city for one in matching(both, "bre", str(UUID(int=0)))]
    (['Brest'], ['Lyon', 'Brest'])
    """
    words = folded(asked)
    return [one for one in centres if str(one.id) == chosen or _begin(words, folded(f"{one.name} {one.city}"))]


def _begin(asked: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(begin) for word in words) for begin in asked)


def note_fits(form: Mapping[str, str]) -> bool:
    return len(form.get("note", "")) <= LONGEST_NOTE
