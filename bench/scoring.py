"""PHQ-9 from answers as JSON to scores, on one core: parse, hide, score."""

import time
from statistics import median

import msgspec

from app.questionnaires.library import library
from app.questionnaires.scoring import score
from app.questionnaires.visibility import environment

RESPONSES = [{**{f"q{item}": (item * 7 + turn) % 4 for item in range(1, 10)}, "q10": turn % 4} for turn in range(64)]


def rate(*, rounds: int = 7, seconds: float = 0.5) -> float:
    """Responses a second, the median of the rounds."""
    q = library().find("phq9")
    if score(q, environment(q, dict.fromkeys((f"q{n}" for n in range(1, 10)), 2)))["total"].value != 18:
        raise RuntimeError("PHQ-9 does not add up")
    return median(_one_round(lambda raw: score(q, environment(q, raw)), RESPONSES, seconds) for _ in range(rounds))


def rate_from_text(*, rounds: int = 3, seconds: float = 0.5) -> float:
    """The same with the JSON text read too."""
    q = library().find("phq9")
    texts = [msgspec.json.encode(response) for response in RESPONSES]
    read = msgspec.json.decode
    return median(_one_round(lambda text: score(q, environment(q, read(text))), texts, seconds) for _ in range(rounds))


def _one_round(work: object, inputs: list, seconds: float) -> float:  # type: ignore[type-arg]
    began, used, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        for entry in inputs:
            work(entry)  # type: ignore[operator]
        done += len(inputs)
    return done / (time.process_time() - used)
