"""Rounds of load: floor and ours by turns, so that what else the machine does falls on both."""

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.house import ROOT
from bench.people import Visitor

BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.7,fr;q=0.3\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The medians over the rounds of one side."""

    rate: float
    p50: float
    p95: float
    received: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides, and the median of the ratios of neighbouring rounds."""

    ours: Figures
    floor: Figures
    of_rate: float
    of_p95: float


class Load:
    """The client process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.client"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def run(self, job: dict[str, Any]) -> dict[str, float]:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the client has no pipes")
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "fault" in found:
            raise RuntimeError(found["fault"])
        return found

    def compare(self, floor: dict[str, Any], ours: dict[str, Any], *, rounds: int, seconds: float) -> Pair:
        """Warm both, then measure them by turns."""
        for job in (floor, ours):
            self.run(job | {"seconds": 0.7})
        turns = [(self.run(floor | {"seconds": seconds}), self.run(ours | {"seconds": seconds})) for _ in range(rounds)]
        return Pair(
            _figures([own for _, own in turns]),
            _figures([least for least, _ in turns]),
            median(own["rate"] / least["rate"] for least, own in turns),
            median(own["p95"] / least["p95"] for least, own in turns),
        )


def _figures(rounds: list[dict[str, float]]) -> Figures:
    return Figures(*(median(one[name] for one in rounds) for name in ("rate", "p50", "p95", "bytes")))


def get(path: str, visitor: Visitor, *, more: str = "") -> str:
    """A page, as a browser asks for it."""
    return f"GET {path} HTTP/1.1\r\nHost: cohorte.example\r\n{BROWSER}{more}Cookie: {visitor.cookie}\r\n\r\n"


def post(path: str, visitor: Visitor, body: str) -> str:
    """A card that saves itself, as htmx sends it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: cohorte.example\r\n{BROWSER}HX-Request: true\r\n"
        f"X-CSRF-Token: {visitor.form_token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nCookie: {visitor.cookie}\r\n\r\n{body}"
    )


def http(port: int, requests: list[list[str]]) -> dict[str, Any]:
    """A job: one list of requests for each client."""
    return {"kind": "http", "port": port, "requests": requests, "status": "200"}
