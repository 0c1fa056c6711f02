"""The words for what goes wrong while signing in. Each says what to do next."""

from typing import NamedTuple

from app.accounts.names import LONGEST
from app.accounts.problems import Problem
from app.channels.model import State
from app.lib.i18n import gettext as _


def problem_words(problem: Problem) -> str:
    """The message beside the field, in the reader's language."""
    return {
        Problem.EMAIL_MISSING: _("Enter your email address"),
        Problem.EMAIL_WRONG: _("Enter an email address like name@example.org"),
        Problem.PASSWORD_MISSING: _("Enter your password"),
        Problem.NOT_RECOGNISED: _("This address and this password do not go together. Check both, then try again."),
        Problem.CODE_MISSING: _("Enter the 6-digit code"),
        Problem.CODE_WRONG: _("This is not the right code. Check it, or use the last one you received."),
        Problem.CODE_TOO_OLD: _("This code has run out. Ask for a new one."),
        Problem.TOO_MANY_TRIES: _("Too many tries with this code. Ask for a new one."),
        Problem.TOO_MANY_FAILURES: _("Too many tries. Wait 15 minutes, then start again."),
        Problem.TOO_MANY_LOCK_OUTS: _(
            "Too many wrong codes for this account. Wait one day, or sign in with a passkey or in a browser in which"
            " you signed in before."
        ),
        Problem.TOO_MANY_CODES: _("Too many codes were asked for. Wait one hour, then try again."),
        Problem.TOO_SOON: _("A code has just been sent. Wait 30 seconds before asking for another."),
        Problem.OTHER_ACCOUNT: _("Sign in with the account that was open on this page."),
        Problem.PASSWORD_TOO_SHORT: _("Use at least 12 characters. Four or five words in a row make a good password."),
        Problem.PASSWORD_TOO_LONG: _("Use at most 128 characters"),
        Problem.PASSWORD_COMMON: _("This password is on lists that are tried first. Choose another one."),
        Problem.PASSWORD_WEAK: _("This password would be guessed quickly. Add words that do not belong together."),
        Problem.PASSWORD_ABOUT_YOU: _("Leave out your names and your address: add words that nobody links to you."),
        Problem.TOO_MANY_PASSWORDS: _("Many passwords were tried from this network. Wait one hour, then try again."),
        Problem.RECOVERY_CODE_MISSING: _("Enter one of your recovery codes"),
        Problem.RECOVERY_CODE_WRONG: _("This is not one of your recovery codes, or it was used before."),
        Problem.PASSKEY_REFUSED: _("This passkey was not accepted. Try again, or use another way."),
        Problem.PASSKEY_NAME_MISSING: _("Give the passkey a name, such as “My phone”"),
        Problem.PASSKEY_NAME_LONG: _("Use at most 60 characters"),
        Problem.PASSKEY_SCRIPT: _("Your browser makes passkeys with JavaScript, which is switched off here."),
        Problem.PASSKEY_COPIED: _("This passkey seems to have been copied, and was not accepted. Use another way."),
    }[problem]


class DeliveryWords(NamedTuple):
    """What became of a code, and whether it is lost."""

    lost: bool
    words: str


def delivery_words(state: State) -> DeliveryWords:
    """Generic on purpose: neither the address nor the fault."""
    return {
        State.SENT: DeliveryWords(lost=False, words=_("The code has left. It may take a minute.")),
        State.DELIVERED: DeliveryWords(lost=False, words=_("The code has arrived, says the network.")),
        State.BOUNCED: DeliveryWords(lost=True, words=_("The code could not be delivered there. Choose another way.")),
        State.FAILED: DeliveryWords(lost=True, words=_("The code could not be sent. Choose another way.")),
    }[state]


def name_words(most: int = LONGEST) -> str:
    """Of what cannot be a name: some are taken for links, and our mails greet with them."""
    words = _("Write the name in letters, at most %(most)s of them, with a space after each full stop")
    return words % {"most": most}


def profession_words(profession: str) -> str:
    """What a team member is called on a page."""
    return {
        "psychiatrist": _("Psychiatrist"),
        "neurologist": _("Neurologist"),
        "nurse": _("Nurse"),
        "psychologist": _("Psychologist"),
        "care_coordinator": _("Care coordinator"),
        "other": _("Other practitioner"),
        "arc": _("Clinical research associate"),
    }.get(profession, profession)
