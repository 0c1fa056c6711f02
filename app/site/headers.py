"""What every response carries, and one line of log for each request. No personal data is written."""

import json
import logging
import sys
from os import urandom
from time import perf_counter

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.lib import scrubbing
from app.settings import settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}
OVER_TLS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
POLICY = b"content-security-policy"
UNCACHED = (b"cache-control", b"no-store")

log = logging.getLogger("cohorte.web")
written = json.JSONEncoder(ensure_ascii=False).encode


def new_request_id() -> str:
    return urandom(8).hex()


def security_headers(secure: bool) -> dict[str, str]:
    """What protects a page, wherever it is made."""
    return ALWAYS | OVER_TLS if secure else dict(ALWAYS)


def write_line(**fields: str | int | float | list[str]) -> None:
    """One JSON object a line."""
    if log.isEnabledFor(logging.INFO):
        # Not `log.info`: it would walk the stack for a place in the code that no line mentions.
        log.handle(log.makeRecord(log.name, logging.INFO, "", 0, written(fields), (), None))


def speak_to_stdout() -> None:
    """Give the log a way out, once a process."""
    scrubbing.install()
    if not log.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)


class Headers:
    """Adds the headers and writes the line. Static files may be cached, nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = [(name.encode(), value.encode()) for name, value in security_headers(settings().secure).items()]
        self.headers_uncached = [*self.headers, UNCACHED]
        speak_to_stdout()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id, began, status = new_request_id(), perf_counter(), 500
        scope["state"]["request_id"] = request_id

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                sent = list(message["headers"])
                said = {name.lower() for name, _ in sent}
                own = self.headers if b"cache-control" in said else self.headers_uncached
                if POLICY in said:  # what somebody else wrote is served under a stricter one
                    own = [(name, value) for name, value in own if name != POLICY]
                message["headers"] = [*sent, *own, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            write_line(
                event="request",
                id=request_id,
                method=scope["method"],
                route=scope.get("path_template", "?"),
                status=status,
                ms=round((perf_counter() - began) * 1000, 1),
            )
