"""The shape of a questionnaire file, format 1. Only shapes: what a file may say is judged elsewhere."""

from typing import Any, Literal

from msgspec import Struct, field

Text = dict[str, str]
"""Words by language tag: `{en: …, fr: …, fr-CA: …}`."""
Number = int | float

Category = Literal["auto", "hetero", "nurse", "medical", "social", "history", "neuropsychology", "thymic", "diary"]
Answerer = Literal["patient", "proxy", "clinician", "nurse", "neuropsychologist", "social_worker"]
Support = Literal["wording", "translation", "scoring", "bands", "norms", "missing_rule", "change", "structure"]
ItemType = Literal[
    "choice",
    "choices",
    "open_choice",
    "yes_no",
    "integer",
    "decimal",
    "date",
    "partial_date",
    "time",
    "text",
    "long_text",
    "slider",
    "attachment",
    "info",
    "group",
    "matrix",
    "entry",
]


class Shape(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A mapping of the file; a key that is not declared is an error."""


class Rights(Shape, frozen=True, kw_only=True):
    holder: str
    terms: str
    wording_may_ship: bool
    checked: str | None = None  # day and person


class Source(Shape, frozen=True, kw_only=True):
    cite: str
    supports: list[Support]


class Language(Shape, frozen=True, kw_only=True):
    kind: Literal["original", "validated", "translated", "own"]
    source: str | None = None


class Lineage(Shape, frozen=True, kw_only=True):
    replaces: str | None = None
    changes: Text | None = None
    scores_comparable: bool | None = None
    derived_from: str | None = None


class Norms(Shape, frozen=True, kw_only=True):
    kind: Literal["mean_sd", "conversion", "regression"]
    source: str
    licence: str
    population: Text
    file: str | None = None
    strata: dict[str, Literal["range", "exact"]] = field(default_factory=dict)
    between: Literal["step", "linear"] = "step"
    higher_raw_is: Literal["better", "worse"] = "better"
    outside: Literal["not_computable"] = "not_computable"
    expected: str | None = None
    residual_sd: Number | None = None


class Repeat(Shape, frozen=True, kw_only=True):
    most: int
    least: int = 0
    row: Text


class Item(Shape, frozen=True, kw_only=True):
    type: ItemType
    id: str | None = None
    ids: str | None = None  # entry: "q1 ... q10"
    text: Text | None = None
    help: Text | None = None
    options: str | None = None
    required: bool | str = False
    show_if: str | None = None
    range: list[Number] | None = None
    unit: str | None = None  # UCUM
    decimals: int | None = None
    max_length: int | None = None  # characters
    ends: dict[str, Text] | None = None  # slider: low and high
    rows: dict[str, Text] | None = None  # matrix
    items: list["Item"] | None = None  # group
    repeat: Repeat | None = None
    codes: dict[str, str] | None = None  # loinc, snomed
    may_refuse: bool = False
    not_before: str | None = None  # a date expression
    not_after: str | None = None


class Page(Shape, frozen=True, kw_only=True):
    id: str
    items: list[Item]
    title: Text | None = None
    intro: Text | None = None
    show_if: str | None = None
    one_per_screen: bool = False


class Check(Shape, frozen=True, kw_only=True):
    id: str
    ensure: str
    message: Text
    at: list[str]
    level: Literal["error", "warning"] = "error"


class Band(Shape, frozen=True, kw_only=True):
    start: Number = field(name="from")
    code: str
    label: Text
    tone: Literal["none", "low", "medium", "high"] = "none"


class Change(Shape, frozen=True, kw_only=True):
    value: Number
    source: str


class Plot(Shape, frozen=True, kw_only=True):
    lines: list[Number] = field(default_factory=list)


class Relaxed(Shape, frozen=True, kw_only=True):
    at_least: int
    then: Literal["prorate", "ignore"]
    source: str


class AsWritten(Shape, frozen=True, kw_only=True):
    as_written: Text
    computable_if: str


def _team_and_export() -> list[Literal["team", "patient", "export"]]:
    return ["team", "export"]


class Score(Shape, frozen=True, kw_only=True):
    id: str
    title: Text
    formula: str
    missing: str | dict[str, Any]
    range: list[Number] | None = None
    unit: str | None = None
    higher_is: Literal["worse", "better", "neither"] | None = None
    bands: list[Band] | None = None
    labels: dict[str, Text] | None = None  # yes/no scores
    applies_if: str | None = None
    plot: Plot | None = None
    important_change: Change | None = None
    shown_to: list[Literal["team", "patient", "export"]] = field(default_factory=_team_and_export)
    help: Text | None = None


class RedFlag(Shape, frozen=True, kw_only=True):
    id: str
    when: str
    on: Literal["save", "submit"] = "submit"
    urgency: Literal["now", "today", "visit"]
    to_team: Text
    to_patient: Text | None = None


class Example(Shape, frozen=True, kw_only=True):
    source: str
    answers: dict[str, Any]
    expect: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)
    day: str | None = None


class QuestionnaireFile(Shape, frozen=True, kw_only=True):
    format: Literal[1]
    key: str
    version: str
    status: Literal["draft", "published", "retired"]
    title: Text
    short_name: str
    category: Category
    answered_by: list[Answerer]
    wording: Literal["full", "score_entry"]
    minutes: int
    languages: dict[str, Language]
    rights: Rights
    sources: list[Source]
    pages: list[Page]
    scores: list[Score]
    examples: list[Example]
    purpose: Text | None = None
    recall: Text | None = None
    codes: dict[str, str] = field(default_factory=dict)
    lineage: Lineage | None = None
    options: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    tables: dict[str, dict[str, Number]] = field(default_factory=dict)
    norms: dict[str, Norms] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    red_flags: list[RedFlag] = field(default_factory=list)
    no_score_because: Text | None = None
