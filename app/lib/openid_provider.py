"""Speaking to the OpenID provider of the settings: where it is, what to ask, what it vouches for. Decides no sign-in.

The code flow with PKCE; of the ID token its signature, issuer, audience, nonce and age are checked.
"""

from typing import Any
from urllib.parse import urlencode

from app.lib import clock
from app.lib.openid import CALLBACK, NotVouchedFor, Unreachable, Vouched, Walk, needed
from app.settings import OpenId, Profile, settings

TIMEOUT = 8
LEEWAY = 60
SIGNED_BY = ["RS256", "PS256", "ES256"]
# Levels by which a provider says that it asked for two factors.
TWO_FACTORS = {
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    "https://refeds.org/profile/mfa",
}


async def where_to_go(walk: Walk, language: str) -> str:
    """The provider's page that asks who one is."""
    # Imported here, as below: few processes ever need them.
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

    openid = needed()
    asked = {
        "response_type": "code",
        "client_id": openid.client,
        "redirect_uri": _back(),
        "scope": "openid",
        "state": walk.state,
        "nonce": walk.nonce,
        "code_challenge": create_s256_code_challenge(walk.verifier),
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    if openid.profile is Profile.PRO_SANTE_CONNECT:
        asked |= {"scope": "openid scope_all", "acr_values": "eidas1"}
    endpoint = (await _metadata(openid))["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


async def vouched_for(walk: Walk, code: str) -> Vouched:
    """Whom the provider vouches for in exchange for the code of this walk."""
    openid = needed()
    metadata = await _metadata(openid)
    given = await _exchanged(openid, metadata, walk, code)
    claims = _claims(openid, walk, given, await _json("GET", metadata["jwks_uri"]))
    if openid.profile is Profile.PRO_SANTE_CONNECT:
        return _professional(openid, claims, await _userinfo(metadata, given, claims))
    level, methods = claims.get("acr"), claims.get("amr") or []
    return Vouched(openid.issuer, str(claims["sub"]), level in TWO_FACTORS or "mfa" in methods)


def _back() -> str:
    return f"{settings().base_url}{CALLBACK}"


async def _metadata(openid: OpenId) -> dict[str, str]:
    psc = openid.profile is Profile.PRO_SANTE_CONNECT
    name = "wallet-openid-configuration" if psc else "openid-configuration"
    found = await _json("GET", f"{openid.issuer}/.well-known/{name}")
    plain = not openid.issuer.startswith("https://")
    for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not str(found.get(endpoint, "")).startswith(("https://", "http://") if plain else "https://"):
            raise Unreachable(endpoint)
    if str(found.get("issuer", "")).rstrip("/") != openid.issuer:
        raise Unreachable("issuer")
    return found


async def _exchanged(openid: OpenId, metadata: dict[str, Any], walk: Walk, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _back(),
        "code_verifier": walk.verifier,
    }
    # Where the provider does not say, the standard's default holds: by HTTP Basic.
    if "client_secret_basic" in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        return await _json("POST", metadata["token_endpoint"], data=form, auth=(openid.client, openid.secret))
    form |= {"client_id": openid.client, "client_secret": openid.secret}
    return await _json("POST", metadata["token_endpoint"], data=form)


def _claims(openid: OpenId, walk: Walk, given: dict[str, Any], keys: dict[str, Any]) -> Any:
    from authlib.oidc.core.claims import CodeIDToken  # noqa: PLC0415
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    try:
        token = jwt.decode(given["id_token"], KeySet.import_key_set(keys), algorithms=SIGNED_BY)  # type: ignore[arg-type]
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "values": [openid.issuer, f"{openid.issuer}/"]},
                "aud": {"essential": True, "value": openid.client},
                "nonce": {"essential": True, "value": walk.nonce},
            },
            {"client_id": openid.client, "nonce": walk.nonce, "access_token": given.get("access_token")},
        )
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
    except (JoseError, KeyError, TypeError, ValueError) as fault:
        # Its words may quote the token.
        raise NotVouchedFor(type(fault).__name__) from None
    return claims


async def _userinfo(metadata: dict[str, str], given: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {given.get('access_token', '')}"}
    found = await _json("GET", metadata["userinfo_endpoint"], headers=headers)
    if found.get("sub") != claims["sub"]:
        raise NotVouchedFor("sub")
    return found


def _professional(openid: OpenId, claims: dict[str, Any], known: dict[str, Any]) -> Vouched:
    """Pro Santé Connect: two factors, by card or application; a national id that begins with 8 is an RPPS number."""
    national = str(known.get("SubjectNameID", ""))
    if claims.get("acr") not in {"eidas1", "eidas2", "eidas3"} or not national:
        raise NotVouchedFor("acr" if national else "SubjectNameID")
    is_rpps = len(national) == 12 and national.isdecimal() and national.startswith("8")
    return Vouched(openid.issuer, national, two_factors=True, rpps=national[1:] if is_rpps else "")


async def _json(method: str, url: str, **asked: Any) -> dict[str, Any]:
    import httpx  # noqa: PLC0415

    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
            reply = await client.request(
                method, url, headers={"Accept": "application/json"} | asked.pop("headers", {}), **asked
            )
            refused = 400 <= reply.status_code < 500
            found = reply.json() if reply.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise Unreachable(type(fault).__name__) from None
    if refused and method == "POST":
        raise NotVouchedFor(str(reply.status_code))
    if not isinstance(found, dict):
        raise Unreachable(str(reply.status_code))
    return found
