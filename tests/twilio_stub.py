"""A small server that speaks Twilio's API, so that tests send over real HTTP: it checks who asks and what is asked,
refuses as Twilio does, keeps what it was given, and reports back signed."""

import base64
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

ACCOUNT = "AC0f1e2d3c4b5a69788796a5b4c3d2e1f0"
TOKEN = "9b1f7c0e35d84a62af07c4e8d15b3926"
SENDER = "+33939990001"
PATH = re.compile(r"/2010-04-01/Accounts/([^/]+)/(Messages|Calls)\.json")
# Numbers that are refused, and with what: (status, code).
REFUSED = {
    "+33639980021": (400, 21211),  # no such number
    "+33639980022": (400, 21610),  # unsubscribed
    "+33639980023": (400, 21614),  # not a mobile
    "+33639980024": (429, 20429),  # too many at once
    "+33639980025": (500, 20500),
    "+33639980026": (400, 21606),  # a sender that is not ours
}
NEEDED = {"Messages": {"To", "From", "Body"}, "Calls": {"To", "From", "Twiml"}}


@dataclass
class Stub:
    """What was sent, the oldest first, each with `Sid` and `Kind`; and what the product needs to be told."""

    url: str
    sent: list[dict[str, str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": SENDER,
            "SMS_URL": self.url,
        }

    def texts(self, to: str) -> list[str]:
        """The messages to this number, the oldest first."""
        return [one["Body"] for one in self.sent if one["Kind"] == "Messages" and one["To"] == to]

    def calls(self, to: str) -> list[str]:
        """What was said in calls to this number, as TwiML."""
        return [one["Twiml"] for one in self.sent if one["Kind"] == "Calls" and one["To"] == to]

    def code(self, to: str) -> str:
        """The newest code sent to this number."""
        found = re.search(r"\b\d{6}\b", self.texts(to)[-1])
        assert found is not None
        return found[0]


def report(sent: dict[str, str], status: str, **more: str) -> dict[str, str]:
    """The fields of a report about something that was sent."""
    kind = {"Messages": "Message", "Calls": "Call"}[sent["Kind"]]
    return {f"{kind}Sid": sent["Sid"], f"{kind}Status": status, "AccountSid": ACCOUNT, "To": sent["To"], **more}


def signature(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """What Twilio puts in X-Twilio-Signature, by its own library."""
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(token).compute_signature(url, fields))


def send_report(url: str, fields: dict[str, str]) -> int:
    """Post a signed report over HTTP; the answer's status."""
    asked = urllib.request.Request(  # noqa: S310
        url, urlencode(fields).encode(), {"X-Twilio-Signature": signature(url, fields)}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as reply:  # noqa: S310
            return int(reply.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@contextmanager
def running() -> Iterator[Stub]:
    """The stub, listening on this machine until the end."""
    stub = Stub("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            fields = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            status, answer = _answer(stub, self.path, self.headers.get("authorization", ""), fields)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(stub: Stub, path: str, authorization: str, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
    found = PATH.fullmatch(path)
    if found is None:
        return 404, _error(404, 20404, "The requested resource was not found")
    expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    if authorization != f"Basic {expected}" or found[1] != ACCOUNT:
        return 401, _error(401, 20003, "Authenticate")
    missing = NEEDED[found[2]] - fields.keys()
    if missing or fields["From"] != SENDER:
        return 400, _error(400, 21606, f"missing {missing}, or not our sender")
    if not re.fullmatch(r"\+\d{8,15}", fields["To"]):
        return 400, _error(400, 21211, f"The 'To' number {fields['To']} is not a valid phone number")
    if fields["To"] in REFUSED:
        status, code = REFUSED[fields["To"]]
        return status, _error(status, code, f"no message for {fields['To']}")
    number = len(stub.sent) + 1
    sid = f"{'SM' if found[2] == 'Messages' else 'CA'}{number:032x}"
    stub.sent.append({**fields, "Sid": sid, "Kind": found[2]})
    return 201, {"sid": sid, "status": "queued", "to": fields["To"], "account_sid": ACCOUNT}


def _error(status: int, code: int, message: str) -> dict[str, object]:
    return {"status": status, "code": code, "message": message, "more_info": ""}
