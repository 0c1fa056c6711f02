"""Whether locales/ has every French sentence of the code (`check`); bringing it there (`update [FRAGMENT…]`).

A fragment is a .po file whose translations fill what the catalogue lacks.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
FRENCH = ROOT / "locales" / "fr" / "LC_MESSAGES" / "messages.po"
METHODS = [
    ("app/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
    ("components/**.html", "jinja2"),
]
OPTIONS = {pattern: {"silent": "false", "encoding": "utf-8"} for pattern, method in METHODS if method == "jinja2"}
FOLDERS = ("app", "templates", "components")


def extracted() -> Catalog:
    """Every sentence marked in the code, with the places where it stands."""
    found = Catalog()
    for folder in FOLDERS:
        for path, line, sentence, comments, context in extract_from_dir(
            ROOT / folder,
            method_map=[
                (pattern.removeprefix(f"{folder}/"), method)
                for pattern, method in METHODS
                if pattern.startswith(folder)
            ],
            options_map={pattern.removeprefix(f"{folder}/"): options for pattern, options in OPTIONS.items()},
            keywords=DEFAULT_KEYWORDS,
            directory_filter=lambda name: Path(name).name != "node_modules",
        ):
            found.add(sentence, None, [(f"{folder}/{path}", line)], auto_comments=comments, context=context)
    return found


def catalogue() -> Catalog:
    if not FRENCH.exists():
        header = "# The French of Cohorte. `make messages` brings it to the sentences in the code."
        return Catalog(locale="fr", project="Cohorte", header_comment=header, last_translator="Cohorte", fuzzy=False)
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    words = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(words)


def check() -> list[str]:
    """What is wrong, a line each."""
    ours, wanted = catalogue(), extracted()
    faults = []
    for message in wanted:
        if message.id and not is_translated(ours.get(message.id, message.context)):
            place, line = message.locations[0]
            faults.append(f"{place}:{line}: no French for {message.id!r}")
    faults += [
        f"{FRENCH.name}: nobody says {m.id!r} any more" for m in ours if m.id and wanted.get(m.id, m.context) is None
    ]
    return faults


def update(fragments: list[Path]) -> list[str]:
    """Rewrite the catalogue: sentences of the code, translations it had, then those of the fragments."""
    ours, wanted = catalogue(), extracted()
    ours.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    ours.obsolete.clear()
    for path in fragments:
        with path.open("rb") as file:
            for offered in read_po(file, locale="fr"):
                message = ours.get(offered.id, offered.context) if offered.id else None
                if message is not None and not is_translated(message) and is_translated(offered):
                    message.string = offered.string
    FRENCH.parent.mkdir(parents=True, exist_ok=True)
    with FRENCH.open("wb") as file:
        write_po(file, ours, width=110, no_location=True, sort_output=True, omit_header=False)
    return check()


def main(words: list[str]) -> int:
    faults = update([Path(word) for word in words[1:]]) if words[:1] == ["update"] else check()
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
