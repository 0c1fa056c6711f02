"""Text messages and calls through Twilio's own client. What is said to whom is decided elsewhere."""

import asyncio
import logging
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from app.settings import Twilio, settings

TIMEOUT = 10
CALLBACK = "/channels/twilio/status"

# What Twilio answers when a number takes nothing, whoever writes to it: not a number, not in service, not a mobile,
# unsubscribed, out of its reach.
NOBODY_THERE = {21211, 21214, 21217, 21219, 21610, 21612, 21614}
TOO_MANY = 429


class Fault(StrEnum):
    """Whose fault it is: the number's, ours, or that of the moment."""

    NUMBER = "number"
    OURS = "ours"
    MOMENT = "moment"


class TextRefused(Exception):
    """The provider did not take a message or call. Says nothing of whom it was for or what it said."""

    def __init__(self, fault: Fault, code: int = 0) -> None:
        super().__init__(fault.value, code)
        self.fault = fault
        self.code = code


def is_available() -> bool:
    """Whether the settings name a provider."""
    return settings().twilio is not None


async def send(to: str, text: str) -> str:
    """Hand a text message over; the provider's id for it."""
    return await _ask("messages", to, body=text)


async def call(to: str, said: str) -> str:
    """Have somebody called who then hears `said`, a TwiML document; the provider's id for the call."""
    return await _ask("calls", to, twiml=said)


async def _ask(kind: str, to: str, **what: str) -> str:
    twilio = settings().twilio
    if twilio is None:
        raise TextRefused(Fault.OURS)
    # Its client waits, so it gets a thread of its own.
    return await asyncio.to_thread(_ask_now, twilio, kind, to, what)


def _ask_now(twilio: Twilio, kind: str, to: str, what: dict[str, str]) -> str:
    # Imported here: only the worker writes to telephones, and the client is heavy.
    from requests import RequestException  # noqa: PLC0415
    from twilio.base.exceptions import TwilioException, TwilioRestException  # noqa: PLC0415

    try:
        return str(getattr(_client(twilio), kind).create(to=to, **_sender(twilio, kind), **what, **_callback()).sid)
    except TwilioRestException as fault:
        raise TextRefused(_fault(fault.status, fault.code), fault.code or fault.status) from None
    except (RequestException, TwilioException):
        # Their words quote what was asked.
        raise TextRefused(Fault.MOMENT) from None


def _fault(status: int, code: int | None) -> Fault:
    if status >= 500 or status == TOO_MANY:
        return Fault.MOMENT
    return Fault.NUMBER if code in NOBODY_THERE else Fault.OURS


def _sender(twilio: Twilio, kind: str) -> dict[str, str]:
    if kind == "messages" and twilio.sender.startswith("MG"):
        return {"messaging_service_sid": twilio.sender}
    return {"from_": twilio.sender}


def _callback() -> dict[str, str]:
    """Where the provider says what became of it; it calls nobody's own machine."""
    url = settings().base_url
    reachable = settings().secure or bool(settings().twilio and settings().twilio.url)  # type: ignore[union-attr]
    return {"status_callback": f"{url}{CALLBACK}"} if reachable else {}


def _client(twilio: Twilio) -> Any:
    from twilio.http.http_client import TwilioHttpClient  # noqa: PLC0415
    from twilio.rest import Client  # noqa: PLC0415

    class Redirected(TwilioHttpClient):  # type: ignore[misc]
        """Its own, which speaks to another address where the settings name one."""

        def request(self, method: str, url: str, *given: Any, **named: Any) -> Any:
            if twilio.url:
                parts = urlsplit(url)
                url = f"{twilio.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
            return super().request(method, url, *given, **named)

    # Numbers and words pass through its log.
    silent = logging.getLogger("cohorte.sms")
    silent.disabled = True
    return Client(twilio.account, twilio.token, http_client=Redirected(timeout=TIMEOUT, logger=silent))


def is_signed(fields: Any, signature: str) -> bool:
    """Whether Twilio itself says this about one of our messages: only it and we know the token."""
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - the web process rarely needs it

    twilio = settings().twilio
    if twilio is None or not signature:
        return False
    return bool(RequestValidator(twilio.token).validate(f"{settings().base_url}{CALLBACK}", fields, signature))
