"""Where files lie and who looks for viruses in them, as the environment says. A part of the settings; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Storage:
    """Where files lie: `file:///folder`, or `s3://bucket/prefix` with what opens the bucket.

    `endpoint`: another than Amazon's. Without `key` and `secret` the machine's own rights open the bucket.
    """

    url: str
    endpoint: str = ""
    region: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)


def storage_in(env: Mapping[str, str], faults: list[str]) -> Storage:
    """What FILES_URL and its companions say; by default a folder beside the other local data."""
    url = env.get("FILES_URL") or Path(env.get("VAR_DIR", "var"), "files").absolute().as_uri()
    parts = urlsplit(url)
    if not ((parts.scheme == "s3" and parts.netloc) or (parts.scheme == "file" and not parts.netloc and parts.path)):
        faults.append("FILES_URL must look like file:///folder or s3://bucket/prefix.")
    endpoint, key, secret = (env.get(name, "") for name in ("FILES_ENDPOINT", "FILES_KEY", "FILES_SECRET"))
    if endpoint and not endpoint.startswith(("http://", "https://")):
        faults.append("FILES_ENDPOINT must look like https://host.")
    if bool(key) != bool(secret):
        faults.append("FILES_KEY and FILES_SECRET go together: write both or neither.")
    return Storage(url, endpoint, env.get("FILES_REGION", ""), key, secret)


def scanner_in(env: Mapping[str, str], faults: list[str]) -> str:
    """The address of a clamd that looks at each file; empty if nobody does."""
    url = env.get("CLAMD_URL", "")
    parts = urlsplit(url)
    if url and not ((parts.scheme == "tcp" and parts.hostname) or url.startswith("unix:///")):
        faults.append("CLAMD_URL must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl.")
    return url
