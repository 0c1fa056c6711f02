"""A local stand-in for Twilio's API: text messages and calls come in over HTTP and are kept beside the mails.

For demonstrations. It sends nothing anywhere, and reports each message as delivered, as Twilio would.
"""

import base64
import json
import re
import secrets
import threading
import time
import urllib.request
from email.message import EmailMessage
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from app.lib.mailbox import CHANNEL, store
from app.settings import Twilio

PATH = re.compile(r"/2010-04-01/Accounts/([^/]+)/(Messages|Calls)\.json")
KINDS = {"Messages": ("sms", "SM", "Message", "delivered"), "Calls": ("voice", "CA", "Call", "completed")}
SAID = re.compile(r"<Say[^>]*>([^<]*)</Say>")
LARGEST = 100_000
UNTIL_ARRIVED = 1.0


def spoken(twiml: str) -> str:
    """What a call says, one line for each run of words, digits side by side.

    >>> spoken('<Response><Say>Your code:</Say><Pause/><Say>4</Say><Pause/><Say>8</Say><Say>Bye</Say></Response>')
    'Your code:\\n4 8\\nBye'
    """
    said = [unescape(words) for words in SAID.findall(twiml)]
    return re.sub(r"(?<=\d)\n(?=\d\b)", " ", "\n".join(said))


def kept(kind: str, fields: dict[str, str]) -> bytes:
    """A message or call as a file of the mailbox."""
    message = EmailMessage()
    message["From"], message["To"] = fields.get("From", ""), fields.get("To", "")
    message[CHANNEL] = KINDS[kind][0]
    message.set_content(fields.get("Body") or spoken(fields.get("Twiml", "")))
    return message.as_bytes()


def listen(port: int, folder: Path, twilio: Twilio) -> ThreadingHTTPServer:
    """Answer on this machine only, in threads that end with the process."""
    expected = base64.b64encode(f"{twilio.account}:{twilio.token}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found = PATH.fullmatch(self.path)
            body = self.rfile.read(min(int(self.headers.get("content-length", "0")), LARGEST)).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            if found is None or self.headers.get("authorization") != f"Basic {expected}":
                self._answer(401, {"status": 401, "code": 20003, "message": "Authenticate"})
                return
            store(folder, kept(found[2], fields))
            sid = KINDS[found[2]][1] + secrets.token_hex(16)
            self._answer(201, {"sid": sid, "status": "queued"})
            if fields.get("StatusCallback"):
                told = (fields["StatusCallback"], found[2], sid, twilio.token)
                threading.Thread(target=_report, args=told, daemon=True).start()

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing: what passes here is addressed to people."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _report(url: str, kind: str, sid: str, token: str) -> None:
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - heavy, and only at the first message

    _, _, name, status = KINDS[kind]
    fields = {f"{name}Sid": sid, f"{name}Status": status}
    signature = RequestValidator(token).compute_signature(url, fields)
    time.sleep(UNTIL_ARRIVED)
    asked = urllib.request.Request(  # noqa: S310 - the address that our own product gave
        url, urlencode(fields).encode(), {"X-Twilio-Signature": signature}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=5):  # noqa: S310
            pass
    except OSError:
        return  # nobody listens any more; it stays “sent”
