"""`python -m bench.linkage`: how well a person is found again, beside splink, on the same fields of the same sets.

Both learn from set 1 without labels and take their threshold there; the figures are those of set 2. splink is installed
in a virtual environment of its own at the first run.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from app.patients.matching.blocking import blocks
from app.patients.matching.comparison import Levels, compare
from app.patients.matching.model import Person
from app.patients.matching.normalisation import features
from app.patients.matching.shipped import WEIGHTS
from app.patients.matching.weights import Weights, train
from bench.febrl import Labelled, Pair, best_threshold, figures_at, load, sharing_a_key

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".venv" / "bench"
REQUIREMENTS = ROOT / "requirements-bench.txt"
COLUMNS = (("threshold", 10), ("precision", 11), ("recall", 9), ("F1", 9), ("best F1", 9), ("pairs", 10), ("lost", 6))
HEADER = "name".ljust(32) + "".join(name.rjust(width) for name, width in (*COLUMNS, ("pairs/s", 11)))


def main() -> int:
    one, two = load(1), load(2)
    print(HEADER)
    first = compared(one)
    for name, weights in (("ours, learned on set 1", learned(one)), ("ours, as shipped", WEIGHTS)):
        began = time.perf_counter()
        second = weighed(compared(two), weights)
        _line(name, one, two, (weighed(first, weights), second), time.perf_counter() - began)
    for name, found in _splink(one, two).items():
        both = _as_pairs(found["one"]), _as_pairs(found["two"])
        _line(f"splink 5.0.0, {name}", one, two, both, found["seconds"])
    return 0


def learned(labelled: Labelled) -> Weights:
    """Weights learned from every pair of a set; its labels are not looked at."""
    prepared = [features(person) for person in labelled.people.values()]
    return train(compare(a, b) for a, b in combinations(prepared, 2))


def compared(labelled: Labelled) -> dict[Pair, Levels]:
    """In what every pair that shares a key agrees."""
    prepared = {name: features(person) for name, person in labelled.people.items()}
    return {(a, b): compare(prepared[a], prepared[b]) for a, b in sharing_a_key(prepared)}


def weighed(found: Mapping[Pair, Levels], weights: Weights) -> dict[Pair, float]:
    return {pair: weights.weigh(levels) for pair, levels in found.items()}


def _line(
    name: str, one: Labelled, two: Labelled, found: tuple[Mapping[Pair, float], Mapping[Pair, float]], seconds: float
) -> None:
    """The threshold is set 1's; `best F1` is what set 2's own would give; `lost` counts true pairs never compared."""
    first, second = found
    at = figures_at(best_threshold(first, one.true).threshold, second, two.true)
    best = best_threshold(second, two.true)
    lost = len(two.true - set(second))
    print(
        f"{name:<32}{at.threshold:>10.2f}{at.precision:>11.4f}{at.recall:>9.4f}{at.f1:>9.4f}{best.f1:>9.4f}"
        f"{len(second):>10,}{lost:>6}{len(second) / seconds:>11,.0f}",
        flush=True,
    )


def _splink(one: Labelled, two: Labelled) -> dict[str, Any]:
    """What splink makes of the sets: by its own rules (each field equal), and of the pairs that our keys yield."""
    _install()
    given = json.dumps({"one": list(_rows(one)), "two": list(_rows(two))})
    run = subprocess.run(
        [PLACE / "bin" / "python", "-W", "ignore", ROOT / "bench" / "linkage_splink.py"],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    found: dict[str, Any] = json.loads(run.stdout[run.stdout.index('{"by field"') :])
    return found


def _install() -> None:
    if PLACE.exists():
        return
    uv = ROOT / ".venv" / "tools" / "bin" / "uv"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, PLACE], check=True)
    subprocess.run(
        [uv, "pip", "sync", "-q", "--system-certs", "--require-hashes", REQUIREMENTS],
        check=True,
        env=os.environ | {"VIRTUAL_ENV": str(PLACE)},
    )


def _rows(labelled: Labelled) -> Iterator[dict[str, Any]]:
    for name, person in labelled.people.items():
        yield {"unique_id": name, "key": sorted(blocks(person)), **_fields(person)}


def _fields(person: Person) -> dict[str, str | None]:
    return {
        "given_name": person.given_names or None,
        "surname": person.family_name or None,
        "date_of_birth": person.birth_date or None,
        "soc_sec_id": person.nir or None,
        "suburb": person.birth_place or None,
    }


def _as_pairs(rows: list[list[Any]]) -> dict[Pair, float]:
    return {(min(a, b), max(a, b)): weight for a, b, weight in rows}


if __name__ == "__main__":
    sys.exit(main())
