"""splink on the same sets. Runs in an environment of its own (requirements-bench.txt) and imports nothing of ours.

Standard input: {"one": [record…], "two": [record…]}, a record being unique_id, the five fields, and our keys. Standard
output: {how: {"one": [[id, id, weight]…], "two": […], "seconds": for set 2}}.
"""

import json
import sys
import time
from typing import Any

import pyarrow
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

FIELDS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "suburb")
BY_FIELD = [block_on(field) for field in FIELDS]
BY_OUR_KEYS = [block_on("key", arrays_to_explode=["key"])]
QUIET = 40
SEED = 1


def main() -> None:
    given = json.load(sys.stdin)
    sets = {name: pyarrow.Table.from_pylist(rows) for name, rows in given.items()}
    json.dump({"by field": measure(sets, BY_FIELD), "by our keys": measure(sets, BY_OUR_KEYS)}, sys.stdout)


def measure(sets: dict[str, Any], rules: list[Any]) -> dict[str, Any]:
    model = _trained(sets["one"], rules)
    found: dict[str, Any] = {}
    for name, table in sets.items():
        linker = _linker(table, model)
        began = time.perf_counter()
        rows = linker.inference.predict().as_record_list()
        found["seconds"] = time.perf_counter() - began
        found[name] = [[row["unique_id_l"], row["unique_id_r"], row["match_weight"]] for row in rows]
    return found


def _linker(table: Any, settings: Any) -> Linker:
    return Linker(DuckDBAPI().register(table, dataset_display_name="people"), settings, log_level=QUIET)


def _trained(table: Any, rules: list[Any]) -> Any:
    """Learned from set 1 without labels: u from pairs drawn at random, m by expectation and maximisation."""
    linker = _linker(table, _settings(rules))
    training = linker.training
    sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    training.estimate_probability_two_random_records_match(sure, recall=0.95)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    for rule in (block_on("date_of_birth"), block_on("soc_sec_id"), block_on("given_name", "surname")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    return linker.misc.save_model_to_json(None)


def _settings(rules: list[Any]) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y-%m-%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.JaroWinklerAtThresholds("suburb", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=rules,
    )


if __name__ == "__main__":
    main()
