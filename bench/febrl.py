"""The labelled sets in tests/data/record_linkage, and how well weights tell their pairs apart."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from app.patients.matching.blocking import keys_of
from app.patients.matching.model import Person
from app.patients.matching.normalisation import Features

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "record_linkage"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Labelled:
    """People by the id of their record, and the pairs of records that are one person's, ids in order."""

    people: Mapping[str, Person]
    true: frozenset[Pair]


@dataclass(frozen=True)
class Figures:
    """How well a threshold tells pairs apart. Pairs that were never compared count as missed."""

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def load(number: int) -> Labelled:
    """Set 1 or 2: given name, surname, date of birth; suburb as birthplace, soc_sec_id as NIR."""
    people = {row["rec_id"]: _person(row) for row in _rows(f"febrl_dataset{number}")}
    true = {_in_order(row["id_a"], row["id_b"]) for row in _rows(f"febrl_dataset{number}_true_pairs")}
    return Labelled(people, frozenset(true))


def _rows(name: str) -> list[dict[str, str]]:
    with gzip.open(FOLDER / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        return [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]


def _person(row: Mapping[str, str]) -> Person:
    born = row["date_of_birth"]
    return Person(
        given_names=row["given_name"],
        family_name=row["surname"],
        birth_date=f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else "",
        birth_place=row["suburb"],
        nir=row["soc_sec_id"],
    )


def _in_order(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def sharing_a_key(people: Mapping[str, Features]) -> set[Pair]:
    """The pairs that our keys have us compare."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name, person in people.items():
        for key in keys_of(person):
            holders[key].append(name)
    return {_in_order(*pair) for names in holders.values() for pair in combinations(names, 2)}


def best_threshold(weighed: Mapping[Pair, float], true: frozenset[Pair]) -> Figures:
    """The figures with the highest F1, the threshold half-way between the last pair taken and the next."""
    ranked = sorted(((weight, pair in true) for pair, weight in weighed.items()), reverse=True)
    best, hits = Figures(float("inf"), 0.0, 0.0), 0
    for taken, (weight, is_true) in enumerate(ranked, 1):
        hits += is_true
        following = ranked[taken][0] if taken < len(ranked) else weight - 2
        found = Figures((weight + following) / 2, hits / taken, hits / len(true))
        if following < weight and found.f1 > best.f1:
            best = found
    return best


def figures_at(threshold: float, weighed: Mapping[Pair, float], true: frozenset[Pair]) -> Figures:
    """The figures when every pair of at least this weight is taken for one person's."""
    taken = {pair for pair, weight in weighed.items() if weight >= threshold}
    hits = len(taken & true)
    return Figures(threshold, hits / len(taken) if taken else 0.0, hits / len(true))
