"""What a reminder says, in the language of its reader: no illness, no trial, no name; mail is read by others."""

from dataclasses import dataclass

from app.channels.rendering import letter, text_message
from app.lib.mail import Letter
from app.settings import settings


@dataclass(frozen=True, slots=True)
class Content:
    """What one message is about. `codes`: the patients of whom it reminds a team; it is to the team then.

    `coming`: a visit at the centre of which nothing is to be filled in here. `closed`: what was asked is over.
    """

    codes: tuple[str, ...] = ()
    waiting: bool = False
    for_others: bool = False
    coming: bool = False
    closed: bool = False


def letter_of(language: str, content: Content) -> Letter:
    base = settings().base_url
    if content.codes:
        return letter("trials/mail_reminder_team", language, codes=", ".join(content.codes), address=f"{base}/today")
    return letter(
        "trials/mail_reminder",
        language,
        waiting=content.waiting,
        for_others=content.for_others,
        coming=content.coming,
        closed=content.closed,
        address=f"{base}/home",
        later_link=f"{base}/me/reminders",
        choices_link=f"{base}/me/consents",
    )


def text_of(language: str, content: Content) -> str:
    base = settings().base_url
    if content.codes:
        return text_message("trials/text_reminder_team", language, address=f"{base}/today")
    return text_message(
        "trials/text_reminder",
        language,
        waiting=content.waiting,
        coming=content.coming,
        address=f"{base}/home",
    )
