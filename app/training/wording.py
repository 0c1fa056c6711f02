"""The words of the course's quiz and the titles of its sections. The sections themselves are templates."""

from dataclasses import dataclass

from app.lib.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """A question as it is asked, its options in their order, and why the right one is right."""

    asked: str
    options: tuple[str, str, str, str]
    why: str


def section_titles() -> dict[str, str]:
    """The sections in their order, by key."""
    return {
        "data": _("Health data and the people they belong to"),
        "access": _("Who may see what here"),
        "secrets": _("Passwords, passkeys, codes"),
        "screens": _("Screens and tablets"),
        "sharing": _("Messages, exports, prints"),
        "incidents": _("When something goes wrong"),
    }


def question_words(key: str) -> Words:
    """One question in the reader's language."""
    return {
        "codes": _codes,
        "brother": _brother,
        "emergency": _emergency,
        "caller": _caller,
        "link": _link,
        "called_away": _called_away,
        "advice": _advice,
        "wrong_address": _wrong_address,
    }[key]()


def _codes() -> Words:
    return Words(
        _("A list holds the codes of forty patients and a score each, no name. Is it personal health data?"),
        (
            _("No: without a name nobody can be recognised"),
            _("Only once it leaves the centre"),
            _("Yes: a code leads back to a person"),
            _("Only if it also holds a diagnosis"),
        ),
        _("A code hides the name and does not cut the thread: your centre, and sometimes a date, can follow it back."),
    )


def _brother() -> Words:
    return Words(
        _("A friend worries about a brother, whom a colleague of your centre follows. What do you do?"),
        (
            _("You look at the next appointment and tell nothing else"),
            _("You do not open the record, and say that you cannot answer"),
            _("You read the record and keep it to yourself"),
            _("You ask the colleague to look and tell you"),
        ),
        _("Being able to open a record is no reason to. You open it for the care you give; each reading is logged."),
    )


def _emergency() -> Words:
    return Words(
        _("Someone who looks after the whole network sees codes only, and must reach a patient at once. How?"),
        (
            _("With the account of a practitioner of the centre"),
            _("The centre sends the name by email"),
            _("Not at all: the whole network never sees a name"),
            _("By opening the identity for a short time, with a reason that the centre reads"),
        ),
        _("Opening an identity is meant for this. It is short, it needs a reason, and nobody does it unseen."),
    )


def _caller() -> Words:
    return Words(
        _("“Technical support” phones: without the code you have just received, your account will be closed."),
        (
            _("You hang up, change your password and tell the person who administers Cohorte"),
            _("You give the code, since the password stays secret"),
            _("You call back the number on your screen, then give the code"),
            _("You ask for an email first, then give the code"),
        ),
        _("Nobody ever needs your code. One that you did not ask for means that somebody has your password."),
    )


def _link() -> Words:
    return Words(
        _("A message with your name and our logo speaks of a worrying answer and offers a link to sign in. What now?"),
        (
            _("You follow the link, because it may be urgent"),
            _("You follow the link if the address has a padlock"),
            _("You open Cohorte by your own bookmark and look there"),
            _("You reply to the message to ask whether it is real"),
        ),
        _("A logo, a name and a padlock can all be copied. What is really there, your own bookmark shows too."),
    )


def _called_away() -> Words:
    return Words(
        _("You are called away for two minutes while a record is open on your screen. What do you do?"),
        (
            _("You turn the screen to the wall"),
            _("You lock the computer before you leave the room"),
            _("You go: the session ends by itself"),
            _("You open another window in front of the record"),
        ),
        _("The session ends after thirty minutes without use; two are enough to read a record, or to write in it."),
    )


def _advice() -> Words:
    return Words(
        _("You ask a colleague of another hospital for advice about a patient. How do you tell the story?"),
        (
            _("By ordinary email, with the first name and the date of birth only"),
            _("With a photo of the screen, the name covered"),
            _("By ordinary email, the record attached and its password below"),
            _("Through the secure health messaging of your centre, with what the question needs"),
        ),
        _("Ordinary email and photos leave copies that nobody can call back. A rare story names a person by itself."),
    )


def _wrong_address() -> Words:
    return Words(
        _("At six in the evening you notice that a list of patients went to the wrong address. What comes first?"),
        (
            _("You tell the person who administers Cohorte and the data protection officer within the hour"),
            _("You ask the recipient to delete it; if they do, there is nothing to tell"),
            _("You bring it up at the next team meeting"),
            _("You delete the message that you sent, and send it again to the right address"),
        ),
        _("The sooner others know, the more can still be done. Telling is never held against you; hiding is."),
    )
