"""Composition root of the web process: what is served, by whom it is guarded, how failures look. No rules."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from app.access.guard import enforce, refuse_undeclared
from app.access.policy import Actor, Permission, permissions_of
from app.accounts import routes as accounts
from app.accounts.addresses import routes as addresses
from app.accounts.authentication import Authentication, check_form_token
from app.accounts.authenticator import routes as authenticator
from app.accounts.own import routes as own
from app.accounts.passkeys import routes as passkeys
from app.accounts.places import routes as places
from app.accounts.recovery import routes as recovery
from app.accounts.resets import routes as resets
from app.accounts.sign_up import routes as sign_up
from app.accounts.step_up import routes as step_up
from app.administration import routes as administration
from app.alerts import routes as alerts
from app.channels import routes as channels
from app.dashboard import routes as dashboard
from app.demo import routes as demo
from app.lib import db, pages
from app.patients.invitations import routes as patient_invitations
from app.portal import routes as portal
from app.questionnaires.library import library
from app.responses import routes as responses
from app.settings import settings
from app.site import failures
from app.site import routes as site
from app.site.headers import Headers
from app.training import routes as training
from app.trials import hearing
from app.trials.checks import hearing as hearing_checks
from app.trials.reminders import hearing as hearing_reminders
from app.trials.signing import hearing as hearing_signing

HEARS = (hearing, hearing_checks, hearing_reminders, hearing_signing)
"""What wants to know of things below is imported, and so hears."""
LARGEST_BODY = 4 * 1024 * 1024


async def current_actor(request: Request[Actor, None, State]) -> Actor:
    return request.user


def can(permission: str) -> bool:
    """For templates: whether to show a way that the guard would allow."""
    actor = pages.actor()
    return actor is not None and Permission(permission) in permissions_of(actor)


@asynccontextmanager
async def resources(_: Litestar) -> AsyncIterator[None]:
    library().current()
    gc.collect()
    gc.freeze()  # what is loaded stays: no need to look through it for garbage again and again
    await db.start_pool()
    yield
    await db.close_pool()


def handlers() -> list[ControllerRouterHandler]:
    served = [
        *site.HANDLERS,
        *accounts.HANDLERS,
        *step_up.HANDLERS,
        *passkeys.HANDLERS,
        *authenticator.HANDLERS,
        *recovery.HANDLERS,
        *sign_up.HANDLERS,
        *places.HANDLERS,
        *own.HANDLERS,
        *addresses.HANDLERS,
        *resets.HANDLERS,
        *training.HANDLERS,
        *alerts.HANDLERS,
        *channels.HANDLERS,
        *responses.HANDLERS,
        *patient_invitations.HANDLERS,
        *portal.HANDLERS,
        *dashboard.HANDLERS,
        *administration.HANDLERS,
    ]
    return [*served, *demo.HANDLERS] if settings().demo else served


def create_app(*, own_pool: bool = True) -> Litestar:
    """The application. `own_pool=False` leaves the database connection to the caller, as tests do."""
    pages.ENV.globals["can"] = can
    app = Litestar(
        route_handlers=handlers(),
        guards=[enforce],
        before_request=check_form_token,
        exception_handlers=failures.HANDLERS,
        dependencies={"actor": Provide(current_actor)},
        middleware=[Headers, Authentication],
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=900, gzip_compress_level=3, exclude="^/static/"
        ),
        lifespan=[resources] if own_pool else [],
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
    )
    refuse_undeclared(app)
    return app


def app() -> Litestar:
    """What the web server calls, once a process."""
    return create_app()


__all__: list[Any] = ["app", "create_app"]
