"""Every route, asked by everybody: strangers sign in, the wrong role may not, what one cannot see is not there."""

import re

import pytest
from litestar.routes import HTTPRoute

from app.access.guard import Requirement, requirements
from app.access.policy import Permission, permissions_of
from app.lib.ids import new_id


@pytest.fixture(scope="module")
def guarded(application):
    """Of each route that asks for something: method, path with made-up parts, permission, whether about one thing."""
    found = []
    for route in application.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            required = handler.opt.get("requires")
            if isinstance(required, Requirement):
                path = re.sub(r"\{\w+:uuid\}", lambda _: str(new_id()), route.path)
                path = re.sub(r"\{\w+:\w+\}", "nothing", path)
                methods = sorted(handler.http_methods - {"OPTIONS"})
                found += [(m, path, required.permission, required.scope_of is not None) for m in methods]
    return found


async def test_a_stranger_is_asked_to_sign_in(browser_for, guarded):
    whole, part = browser_for(None), browser_for(None, htmx=True)

    for method, path, _, _ in guarded:
        reply = await whole.request(method, path)
        assert (reply.status_code, reply.headers["location"].partition("?")[0]) == (303, "/sign-in"), path
        assert (await part.request(method, path)).status_code == 401, path


@pytest.mark.parametrize("who", ["paul", "ines"])
async def test_what_is_about_nobody_known_does_not_exist(browser_for, guarded, who):
    for method, path, _, about_one in guarded:
        if about_one:
            assert (await browser_for(who).request(method, path)).status_code == 404, path


@pytest.mark.parametrize("who", ["paul", "ines"])
async def test_the_wrong_role_may_not(browser_for, guarded, people, who):
    for method, path, permission, about_one in guarded:
        if not about_one and permission not in permissions_of(people[who].actor):
            assert (await browser_for(who).request(method, path)).status_code == 403, path


async def test_nothing_is_written_without_the_forms_token(browser_for, guarded, people):
    for method, path, permission, about_one in guarded:
        if method == "POST" and not about_one:
            who = next(one for one in ("ines", "paul", "sacha") if permission in permissions_of(people[one].actor))
            reply = await browser_for(who).post(path, headers={"X-CSRF-Token": "made up"})
            assert reply.status_code == 403, path


def test_every_permission_is_asked_for_somewhere(application):
    asked = {declared.removesuffix(" fresh") for declared in requirements(application).values()} - {"nothing"}

    assert {str(permission) for permission in Permission} == asked
