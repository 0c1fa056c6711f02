"""No address, number, code or token reaches a log line; what an operator needs to read stays."""

import base64
import io
import logging
import os
import subprocess
import sys
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.scrubbing import SCRUBBER, scrub
from tests.live import ROOT

WORD = st.text("abcdefghijklmnopqrstuvwxyzéèàçABCDEFGHIJ", min_size=1, max_size=12)
AROUND = st.sampled_from(
    ["{}", "sent to {} today", '"to": "{}",', "<{}>", "({})", "to={}&x=1", "['{}']", "é {} è", "{}."]
)
NAME = st.from_regex(r"[a-zA-Zé][a-zA-Z0-9é._+-]{0,20}", fullmatch=True)
HOST = st.from_regex(r"[a-z][a-z0-9-]{0,15}", fullmatch=True)
ENDING = st.sampled_from(["org", "fr", "example.com"])
EMAIL = st.builds("{}{}{}.{}".format, NAME, st.sampled_from(["@", "%40"]), HOST, ENDING)
DIGITS = st.text("0123456789", min_size=8, max_size=8)
SEPARATOR = st.sampled_from(["", " ", ".", "-", "\u00a0"])


def pairs(digits, separator):
    return separator.join(digits[n : n + 2] for n in range(0, len(digits), 2))


FRENCH_PHONE = st.builds(lambda head, rest, by: pairs(f"0{head}{rest}", by), st.integers(1, 9), DIGITS, SEPARATOR)
PHONE = st.builds(lambda by, rest: f"+33{by}6{by}{pairs(rest, by)}", SEPARATOR, DIGITS) | FRENCH_PHONE
NIR = st.builds(
    lambda sex, birth, place, order, key, by: by.join([sex, birth[:2], birth[2:], place, order[:3], order[3:], key]),
    st.sampled_from("12"),
    st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])", fullmatch=True),
    st.sampled_from(["75", "2A", "2B", "69", "99"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text("0123456789", min_size=2, max_size=2),
    st.sampled_from(["", " "]),
)
CODE = st.text("0123456789", min_size=6, max_size=6)
KEY = st.sampled_from(["code=", "code: ", '"code": "', "'totp': '", "mail_code=", "the code is ", "otp = "])
TOKEN = (
    st.binary(min_size=32, max_size=48)
    .map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
    .filter(lambda token: any(sign.isdigit() for sign in token) and token.lower() != token != token.upper())
)


@given(AROUND, EMAIL)
def test_addresses_are_masked(around, email):
    said = scrub(around.format(email))

    assert email not in said
    assert "[email]" in said


@given(AROUND, PHONE)
def test_phone_numbers_are_masked(around, phone):
    assert phone not in scrub(around.format(phone))


@given(AROUND, NIR)
def test_social_security_numbers_are_masked(around, nir):
    assert nir not in scrub(around.format(nir))


@given(KEY, CODE, st.booleans())
def test_codes_behind_their_name_are_masked(key, code, spaced):
    typed = f"{code[:3]} {code[3:]}" if spaced else code
    assert typed not in scrub(f"refused {key}{typed}")


@given(AROUND, TOKEN)
def test_tokens_are_masked(around, token):
    assert token not in scrub(around.format(token))


@given(st.lists(WORD | EMAIL | PHONE | NIR | TOKEN | CODE, max_size=8).map(" ".join))
def test_scrubbing_twice_changes_nothing_more(text):
    assert scrub(scrub(text)) == scrub(text)


@given(st.text())
def test_any_text_can_be_scrubbed(text):
    scrub(text)


@given(st.uuids().map(str), st.from_regex(r"[0-9a-f]{16}", fullmatch=True), st.integers(0, 99_999))
def test_what_an_operator_needs_stays(event, request, number):
    line = (
        f'{{"event": "request", "id": "{request}", "method": "GET", "route": "/patients/{{patient_id:uuid}}",'
        f' "status": 200, "ms": {number / 10}, "thing": "{event}"}}'
    )
    assert scrub(line) == line


@pytest.mark.parametrize(
    "line",
    [
        'File "/srv/cohorte/app/accounts/actions/signing_in.py", line 120, in mail_code',
        "Starting job accounts:mail_code[12](attempt_id='01a2008d-7400-7000-8000-000000000000')",
        "2026-11-22 05:14:34.123456+00:00 checkpoint complete",
        "test_the_questionnaire_of_an_unusual_length_is_sent",
        "the code could not be sent",
    ],
)
def test_ordinary_lines_stay(line):
    assert scrub(line) == line


def test_messages_arguments_and_tracebacks_are_scrubbed():
    out, log = io.StringIO(), logging.Logger("scrubbed")
    handler = logging.StreamHandler(out)
    handler.addFilter(SCRUBBER)
    log.addHandler(handler)

    log.warning("no mailbox of %s", "claire@example.org")
    try:
        raise ValueError("claire@example.org has no phone 06 39 98 00 01")
    except ValueError:
        log.exception("failed for %(who)s", {"who": "claire@example.org"})
    log.warning("does not fit %s %s", "claire@example.org", stack_info=True)

    said = out.getvalue()
    assert "example.org" not in said
    assert "39 98" not in said
    assert "ValueError: [email] has no phone [phone]" in said


@pytest.mark.capability("A23")
@pytest.mark.parametrize("who", ["app.site.headers:speak_to_stdout", "app.worker:main"])
def test_web_and_worker_scrub_whatever_a_library_logs(who):
    """The worker's loop is kept from starting by a database that is not there; its log stands by then."""
    module, _, name = who.partition(":")
    script = f"""
import logging, {module} as module
try: module.{name}()
except Exception: pass
logging.getLogger("of.a.library").error("no mailbox of claire@example.org")
raise RuntimeError("ended by claire@example.org")
"""
    nowhere = os.environ | {"DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=nowhere, capture_output=True, text=True, timeout=60
    )

    said = done.stdout + done.stderr
    assert "no mailbox of [email]" in said
    assert "ended by [email]" in said
    assert "claire" not in said.replace(script, "")


def test_a_line_of_a_request_costs_next_to_nothing():
    line = (
        '{"event": "request", "id": "9f3a0c41d27be658", "method": "GET", "route": "/home", "status": 200, "ms": 12.3}'
    )
    assert min(timeit.repeat(lambda: scrub(line), number=200, repeat=5)) / 200 < 30e-6
