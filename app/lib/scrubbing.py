"""Masks in every log line what says who somebody is or lets one in: addresses, numbers, codes, tokens.

Names have no shape and cannot be found here: no line may be given one. Records are scrubbed where they are made, so
that whichever handler writes them, of ours or of a library, writes them masked.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any

UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
GAP = r"[\ .\-\u00a0\u202f]?"
NO_MARK = r"[^\s@<>\"'(),;:=&?/\[\]]+"

NAMED_CODE = (
    r"""(\b (?:[a-z]+[_-])* (?:code|otp|totp|pin) \b ["']? \s* (?:[:=]|\bis\b) \s* ["']? ) \d (?:[ -]?\d){3,9}"""
)
NAMED = r"""
(\b (?:[a-z]+[_-])* (?:password|passwd|secret|token|api_key|csrf|cookie) \b ["']? \s* [:=] \s* ["']? )
(?!\[) [^\s"',;&)}\]]+
"""
BEARER = r"""(\b (?:authorization ["']? \s* [:=] \s* ["']? (?:basic|bearer) | bearer) \s+ ) (?!\[) [\w.~+/=-]+"""
EMAIL = rf"{NO_MARK} (?:@|%40) {NO_MARK} \. [^\W\d_]{{2,}}"
# Small and capital letters and digits in one long run: words, paths and UUIDs have no such mixture.
TOKEN = rf"""
(?<![\w+/-]) (?!{UUID}(?![\w-])) (?=[\w+/-]*[A-Z]) (?=[\w+/-]*[a-z]) (?=[\w+/-]*\d) [\w+/-]{{32,}} ={{0,2}}
"""
# 13 digits, of which Corsica's place has a letter, and two of a key.
NIR = rf"""
(?<![\w.]) [1-478] {GAP} \d\d {GAP} \d\d {GAP} (?:\d\d|2[ab]) {GAP} \d{{3}} {GAP} \d{{3}} {GAP} \d\d (?!\w)
"""
PHONE_ABROAD = r"(?<![\w.]) (?:\+|00) [1-9] (?:[\ .()\-\u00a0\u202f]{0,2}\d){7,14} (?!\w)"
PHONE = rf"(?<![\w.:\-]) 0[1-9] (?:{GAP}\d\d){{4}} (?!\w)"

RULES = tuple(
    (re.compile(pattern, flags | re.VERBOSE), mask)
    for pattern, flags, mask in (
        (NAMED_CODE, re.IGNORECASE, r"\1[code]"),
        (NAMED, re.IGNORECASE, r"\1[secret]"),
        (BEARER, re.IGNORECASE, r"\1[secret]"),
        (r"(://[^\s:/@]+) : [^\s/@]+ @", 0, r"\1:[secret]@"),
        (EMAIL, re.IGNORECASE, "[email]"),
        (r"\b eyJ[\w-]+ \. [\w-]+ \. [\w-]*", 0, "[token]"),
        (TOKEN, re.ASCII, "[token]"),
        (r"\b [0-9a-fA-F]{32,} \b", 0, "[token]"),
        (NIR, re.IGNORECASE, "[nir]"),
        (PHONE_ABROAD, 0, "[phone]"),
        (PHONE, 0, "[phone]"),
    )
)
# Nearly every line is one of a request and holds none of this: a look tells, for a few microseconds.
WORDS = ("@", "%40", "code", "otp", "pin", "passw", "secret", "token", "api", "csrf", "cookie", "bearer", "authoriz")
DIGITS = re.compile(r"(?<![0-9A-Za-z])\d[\d .()\-\u00a0\u202f]{5}")
LONG = re.compile(r"[A-Za-z0-9_+/-]{32}")


def _may_hold_some(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in WORDS) or bool(DIGITS.search(text) or LONG.search(text))


def scrub(text: str) -> str:
    """The text, masked.

    >>> scrub("no mailbox of claire@example.org, tel. +33 6 39 98 00 01")
    'no mailbox of [email], tel. [phone]'
    >>> scrub('{"code": "482 106", "id": "01a2008d-7400-7000-8000-000000000000"}')
    '{"code": "[code]", "id": "01a2008d-7400-7000-8000-000000000000"}'
    """
    if not _may_hold_some(text):
        return text
    for pattern, mask in RULES:
        text = pattern.sub(mask, text)
    return text


class Scrubber(logging.Filter):
    """Scrubs a record once: its message, its traceback, its stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(_message(record)), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = record.exc_text and scrub(record.exc_text)
        record.stack_info = record.stack_info and scrub(record.stack_info)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a caller's mistake must not cost the line
        return f"{record.msg} (its arguments do not fit)"


SCRUBBER = Scrubber()
PLAIN = logging.LogRecord


def _scrubbed(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = PLAIN(*args, **kwargs)
    SCRUBBER.filter(record)
    return record


def _say_scrubbed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    print(scrub("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)  # noqa: T201


def install() -> None:
    """From now on every log record of this process is scrubbed, and what ends it is too. Twice does no harm."""
    logging.setLogRecordFactory(_scrubbed)
    sys.excepthook = _say_scrubbed
