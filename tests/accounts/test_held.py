"""What travels along while somebody signs in again: never a password, nor what was typed beside one."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.accounts.held import SECRET, Held
from app.lib import csrf
from app.lib.db import execute
from tests.browser import read

TEMPLATES = Path(__file__).parents[2] / "templates"
# field("name", label, …, "password", …), as every page asks for one, or an element of its own.
BY_MACRO = re.compile(r'field\("(\w+)"[^\n]*, "password"[,)]')
BY_HAND = re.compile(r'<input(?=[^>]*type="password")[^>]*name="(\w+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

FIELDS = sorted(
    {
        (path.relative_to(TEMPLATES).as_posix(), name)
        for path in TEMPLATES.rglob("*.html")
        for pattern in (BY_MACRO, BY_HAND)
        for name in pattern.findall(path.read_text())
    }
)


def test_the_templates_that_ask_for_a_password_are_found():
    asking = {
        path.name for path in TEMPLATES.rglob("*.html") if re.search(r'"(current|new)-password"', path.read_text())
    }

    assert {Path(path).name for path, _ in FIELDS} == asking
    assert ("accounts/me_password.html", "current_password") in FIELDS


@pytest.mark.parametrize(("path", "name"), FIELDS)
def test_a_form_that_asks_for_a_password_is_not_kept(path, name):
    held = Held.of("/x", [("email", "ines@example.org"), (name, "a secret")])

    assert name.endswith(SECRET), f"{path}: name the field so that it ends with {SECRET}"
    assert held.fields == ()


@pytest.mark.parametrize("late", ["step_up", "sign_in"])
async def test_a_password_sent_too_late_is_on_no_page(browser_for, people, late):
    column = "second_factor_at" if late == "step_up" else "idle_until"
    await execute(f"UPDATE session SET {column} = now() - interval '1 hour'")
    typed = {
        "_csrf_token": csrf.token(people["ines"].signed_in.csrf_secret),
        "current_password": "the one I have now",
        "password": "the one I would like",
    }

    reply = await browser_for("ines").post("/me/password", headers=FORM, content=urlencode(typed).encode())

    assert reply.status_code in {401, 403}
    assert read(reply).select_one("main input[name=_held]")["value"] == '["/me/password", []]'
    assert "the one I" not in reply.text
