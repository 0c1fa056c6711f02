"""Whole pages and their parts, and form tokens."""

import pytest

from app.lib import csrf


@pytest.mark.parametrize(
    ("headers", "whole"),
    [({}, True), ({"HX-Request": "true"}, False), ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True)],
)
async def test_htmx_gets_the_part_and_history_the_whole(browser_for, headers, whole):
    reply = await browser_for(None).get("/sign-in/again", headers=headers)

    assert reply.text.lstrip().startswith("<!doctype html>") is whole
    assert "HX-Request" in reply.headers["vary"]


def test_a_token_looks_different_each_time_and_fits_its_secret_alone():
    secret = b"s" * csrf.SIZE
    one, other = csrf.token(secret), csrf.token(secret)

    assert one != other
    assert csrf.is_valid(one, secret)
    assert not csrf.is_valid(one, b"t" * csrf.SIZE)


@pytest.mark.parametrize("text", ["", "é", "=", "a" * 88, "A" * 1_000_000, "\0"])
def test_what_is_no_token_is_refused(text):
    assert not csrf.is_valid(text, b"s" * csrf.SIZE)
