"""What speaks for and against two records being one person's, in words. Pure; which holds is in comparison.py."""

from collections.abc import Callable

from app.lib.i18n import gettext as _
from app.patients.matching.model import Level, Verdict

WORDS: dict[Level, Callable[[], str]] = {
    Level.FAMILY_SAME: lambda: _("same family name"),
    Level.FAMILY_BIRTH_IS_USED: lambda: _("birth name of one is the used name of the other"),
    Level.FAMILY_PART: lambda: _("one family name in common"),
    Level.FAMILY_CLOSE: lambda: _("family name spelled almost alike"),
    Level.FAMILY_SOUNDS: lambda: _("family name sounds alike"),
    Level.NAMES_SWAPPED: lambda: _("given name and family name exchanged"),
    Level.FAMILY_OTHER: lambda: _("different family name"),
    Level.GIVEN_SAME: lambda: _("same given names"),
    Level.GIVEN_AMONG: lambda: _("given name among those of the other"),
    Level.GIVEN_CLOSE: lambda: _("given name spelled almost alike"),
    Level.GIVEN_SOUNDS: lambda: _("given name sounds alike"),
    Level.GIVEN_PART: lambda: _("given names in part different"),
    Level.GIVEN_OTHER: lambda: _("different given name"),
    Level.DATE_SAME: lambda: _("same birth date"),
    Level.DATE_SWAPPED: lambda: _("day and month of birth exchanged"),
    Level.DATE_DIGIT: lambda: _("one slip in the birth date"),
    Level.DATE_FITS: lambda: _("what is known of the birth dates agrees"),
    Level.DATE_NEAR: lambda: _("birth date differs in the day, the month or the year"),
    Level.DATE_OTHER: lambda: _("different birth date"),
    Level.SEX_SAME: lambda: _("same sex"),
    Level.SEX_OTHER: lambda: _("different sex"),
    Level.PLACE_SAME: lambda: _("same birthplace"),
    Level.PLACE_CLOSE: lambda: _("birthplace written almost alike"),
    Level.PLACE_OTHER: lambda: _("different birthplace"),
    Level.NIR_SAME: lambda: _("same NIR"),
    Level.NIR_CLOSE: lambda: _("one slip in the NIR"),
    Level.NIR_OTHER: lambda: _("different NIR"),
}


def reason_words(reason: Level) -> str:
    """One reason, in the language of the page; as a part of a list, without capital or full stop."""
    return WORDS[reason]()


def verdict_words(verdict: Verdict) -> str:
    """What is said of two records as a whole."""
    return {
        Verdict.SAME: _("Probably the same person"),
        Verdict.PERHAPS: _("Perhaps the same person"),
        Verdict.OTHER: _("Another person"),
    }[verdict]
