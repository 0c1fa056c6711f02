"""What is sent, in the language of its reader: letters, text messages, what a call says.

A letter is `<template>.txt` (subject, empty line, text) and `<template>.html`; a text message is a `.txt` alone.
"""

from typing import Any

from app.lib import i18n, pages
from app.lib.mail import Letter

VOICES = {"fr": "fr-FR", "en": "en-GB"}
# Telephones send twice as many letters in one message when all of them are plain ones.
PLAIN = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "’": "'", "«": '"', "»": '"'})
BETWEEN_DIGITS = 1
BETWEEN_READINGS = 2


def letter(template: str, language: str, /, **context: Any) -> Letter:
    """Both forms of one letter; the HTML one is given `subject` too."""
    token = i18n.locale.set(language)
    try:
        subject, _, text = pages.render(f"{template}.txt", **context).strip().partition("\n\n")
        return Letter(subject, text.strip() + "\n", pages.render(f"{template}.html", subject=subject, **context))
    finally:
        i18n.locale.reset(token)


def text_message(template: str, language: str, /, **context: Any) -> str:
    """A text message, on one line and in plain letters."""
    token = i18n.locale.set(language)
    try:
        return " ".join(pages.render(f"{template}.txt", **context).split()).translate(PLAIN)
    finally:
        i18n.locale.reset(token)


def code_text(language: str, code: str) -> str:
    """The text message that carries a code: no link, no name."""
    return text_message("channels/text_code", language, code=code)


def spoken_code(language: str, code: str) -> str:
    """What a call says, as TwiML: the code digit by digit, twice."""
    from twilio.twiml.voice_response import VoiceResponse  # noqa: PLC0415 - only the worker calls, and it is heavy

    token = i18n.locale.set(language)
    try:
        words = pages.render("channels/call_code.txt").strip().split("\n")
    finally:
        i18n.locale.reset(token)
    first, again, end = (line.strip() for line in words)
    said, voice = VoiceResponse(), VOICES[language]
    for introduction in (first, again):
        said.say(introduction, language=voice)
        for digit in code:
            said.pause(length=BETWEEN_DIGITS)
            said.say(digit, language=voice)
        said.pause(length=BETWEEN_READINGS)
    said.say(end, language=voice)
    return str(said)
