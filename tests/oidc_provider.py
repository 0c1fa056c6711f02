"""A real OpenID provider on this machine: oidc-provider-mock in a process of its own, which besides checks PKCE and
has Pro Santé Connect's own discovery address.

`python tests/oidc_provider.py PORT` runs it.
"""

import base64
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


def main(port: int) -> None:
    import flask
    from oidc_provider_mock import app
    from werkzeug.serving import make_server

    provider = app(require_client_registration=True, require_nonce=True)
    discovery = provider.view_functions["oidc-provider-mock.openid_config"]
    provider.add_url_rule("/.well-known/wallet-openid-configuration", "oidc-provider-mock.wallet", discovery)
    challenges: dict[str, str] = {}

    @provider.after_request
    def keep_challenge(reply: flask.Response) -> flask.Response:
        code = parse_qs(urlsplit(reply.headers.get("location", "")).query).get("code", [""])[0]
        if code:
            challenges[code] = flask.request.args.get("code_challenge", "")
        return reply

    @provider.before_request
    def check_verifier() -> Any:
        if flask.request.path != "/oauth2/token":
            return None
        digest = hashlib.sha256(flask.request.form.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenges.pop(flask.request.form.get("code", ""), None) == made:
            return None
        return flask.jsonify({"error": "invalid_grant"}), 400

    make_server("127.0.0.1", port, provider, threaded=True).serve_forever()


@dataclass(frozen=True)
class Provider:
    """Where it is, and the client it knows."""

    url: str
    client: str
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "OIDC_ISSUER": self.url,
            "OIDC_CLIENT_ID": self.client,
            "OIDC_CLIENT_SECRET": self.secret,
            "OIDC_NAME": "Hospital ID",
        }

    def knows(self, subject: str, **claims: object) -> None:
        """Somebody who can show there who they are, and what it says of them."""
        httpx.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()

    def show(self, address: str, subject: str) -> str:
        """Show there who one is; the address one is sent back to."""
        reply = httpx.post(address, data={"sub": subject})
        assert reply.status_code == 302, reply.text[:500]
        return reply.headers["location"]

    def deny(self, address: str) -> str:
        """Stop there instead."""
        return httpx.post(address, data={"action": "deny"}).headers["location"]


@contextmanager
def running(port: int, back: str) -> Iterator[Provider]:
    """The provider, with one client that may be sent back to this address."""
    process = subprocess.Popen([sys.executable, __file__, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 20
        while True:
            try:
                httpx.get(f"{url}/jwks", timeout=1)
                break
            except httpx.HTTPError:
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                assert time.monotonic() < until
                time.sleep(0.05)
        asked = {"redirect_uris": [back], "scope": "openid scope_all"}
        client = httpx.post(f"{url}/oauth2/clients", json=asked).raise_for_status().json()
        yield Provider(url, client["client_id"], client["client_secret"])
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr:
            process.stderr.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
