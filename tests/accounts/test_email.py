"""What is taken as an address: one mailbox at one host, whatever a header or a mail server would read into it."""

from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.model import is_email

# What headers give a meaning to, between what addresses are made of.
MARKS = st.sampled_from(
    [*list(',;:<>()[]\\"@. \t\r\n\x00'), "a", "victim", "@example.org", "x@a.fr", "é", "-", "1", "%", "+"]
)


@pytest.mark.parametrize(
    "address",
    [
        "claire@example.org",
        "o'neil@example.org",
        "first.last+tag@sub.chu-lyon.example.fr",
        "a@b.co",
        "1@2.fr",
        "x" * 64 + "@example.org",
        "jean@xn--hpital-xwa.example",
    ],
)
def test_an_address_is_taken(address):
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "claire",
        "@example.org",
        "claire@",
        "claire@localhost",
        "x,victim@example.org",
        "a;victim@example.org",
        "victim(1)@example.org",
        "victim@example.org(1)",
        "<victim@example.org>",
        "Victim <victim@example.org>",
        "victim@example.org,",
        "group:victim@example.org;",
        '"a b"@example.org',
        "a@b@example.org",
        "a b@example.org",
        "a@exa mple.org",
        "a@example.org\n",
        "a@example.org\r\nBcc: b@example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@.example.org",
        "a@example..org",
        "a@example.org.",
        "a@-example.org",
        "a@example-.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@exam_ple.org",
        "claire@exämple.org",
        "cláire@example.org",
        "a@example.org\0",
        "x" * 65 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + ".".join(["b" * 60] * 5),
    ],
)
def test_anything_else_is_not(address):
    assert not is_email(address)


@given(st.lists(MARKS, max_size=12).map("".join) | st.text(max_size=30) | st.emails())
def test_what_is_taken_is_one_mailbox_to_whoever_reads_headers(text):
    if is_email(text):
        assert getaddresses([text]) == [("", text)]
        assert text.count("@") == 1
        assert text.isascii()
        assert text.isprintable()


@given(st.emails(domains=st.just("example.org")))
def test_every_mailbox_of_the_standard_is_taken(address):
    assert is_email(address)


@given(st.text(alphabet="a.-@", min_size=3000, max_size=6000))
def test_long_texts_take_no_time(text):
    assert not is_email(text)
