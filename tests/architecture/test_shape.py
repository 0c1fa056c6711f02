"""The rules of docs/architecture.md that a linter cannot state. Each failure says what to do."""

import ast
import re
from pathlib import Path

import grimp
import pytest

APP = Path(__file__).parents[2] / "app"
SHELL = {"tables", "queries", "actions", "routes", "jobs", "library", "guard", "authentication", "rendering"}
SHELL |= {"judging"}  # counts in the database, and has threads
SHELL |= {"hearing"}  # calls actions when something happens below
SHELL |= {"blocks"}  # asks what other topics show on a page
# The web process's own layer around the handlers: one file each, in app/site.
WEB = {"app.site.failures", "app.site.headers"}
# Tools and the demonstration, which plays people through the real actions.
NOT_DOMAIN = {"lib", "cli", "demo"}
IO_LIBRARIES = {"aiosmtplib", "asyncpg", "httpx", "jinja2", "litestar", "litestar_htmx", "piccolo", "procrastinate"}

# Actions without a transaction and an audit event of their own: autosave is one statement, and an answer's row and its
# history say who and when, at every keystroke; and telling the owner of an account is a part of what they are told of.
EXEMPT = {
    "app.responses.actions.save_answer",
    "app.accounts.actions.notices.tell_owner",
    "app.patients.affiliations.actions.telling.tell",
    "app.patients.affiliations.actions.telling.tell_centres",
    "app.patients.affiliations.actions.telling.tell_patient",
}

MODULES = sorted(APP.rglob("*.py"))
GRAPH = grimp.build_graph("app", include_external_packages=True)

SQL_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?([a-z_]+)\b(?!\s*\()")
ROW_TABLE = re.compile(r'tablename="(\w+)"')
# Read models own nothing: they read what others write, by SQL that says so.
READ_ACROSS = {"administration", "dashboard", "portal"}
# Said aloud: the guard asks for a scope in one statement, so who follows the patient, and whether the record is still
# there, is joined where the thing is, as it is where a session learns whom it answers for, and where a centre that
# follows patients would lose its team; and
# whether an assignment was answered is kept by the responses, in the transaction that answers it; and
# what consent withholds is kept with the patient by what records consents.
DECLARED = {
    ("accounts", "affiliation"),
    ("accounts", "patient"),
    ("alerts", "affiliation"),
    ("alerts", "patient"),
    ("assignments", "affiliation"),
    ("consents", "patient"),
    ("assignments", "patient"),
    ("responses", "affiliation"),
    ("responses", "patient"),
    ("responses", "assignment"),
    ("trials", "patient"),
    ("trials", "affiliation"),
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__")


def is_shell(path: Path) -> bool:
    return bool(SHELL & {path.stem, *path.relative_to(APP).parts}) or name_of(path) in WEB


def is_pure(path: Path) -> bool:
    parts = path.relative_to(APP).parts
    return len(parts) > 1 and parts[0] not in NOT_DOMAIN and not is_shell(path) and path.stem != "__init__"


PURE = [path for path in MODULES if is_pure(path)]
ACTIONS = [
    path
    for path in MODULES
    if "actions" in {path.stem, path.parent.name} and path.stem != "__init__" and path.parent.name != "audit"
]
ASKING = sorted(path for path in MODULES if path.stem in {"queries", "actions"} or "queries" in path.parts)


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_pure_modules_import_no_io(path):
    reached = GRAPH.find_upstream_modules(name_of(path)) & IO_LIBRARIES
    assert reached == set(), f"{name_of(path)} is pure but reaches {reached}; move that part to actions or queries"


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_pure_modules_do_not_wait(path):
    tree = ast.parse(path.read_text())
    waits = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    assert waits == [], f"{name_of(path)} is pure: a function that waits belongs to a module that may do I/O"


@pytest.mark.parametrize("path", ACTIONS, ids=name_of)
def test_every_action_is_one_transaction_and_audited(path):
    for function in ast.parse(path.read_text()).body:
        if isinstance(function, ast.AsyncFunctionDef) and not function.name.startswith("_"):
            code = ast.unparse(function)
            name = f"{name_of(path)}.{function.name}"
            if name in EXEMPT:
                continue
            assert len(re.findall(r"async with (db\.)?transaction\(\)", code)) == 1, (
                f"{name}: one transaction an action"
            )
            assert "audit.record(" in code, f"{name}: say what happened with audit.record"


def test_the_exemption_still_exists():
    found = {
        f"{name_of(path)}.{node.name}"
        for path in ACTIONS
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AsyncFunctionDef)
    }
    assert found >= EXEMPT


def test_tables_are_imported_by_their_own_package_only():
    for tables in (module for module in GRAPH.modules if module.endswith(".tables")):
        for importer in GRAPH.find_modules_that_directly_import(tables):
            same = importer.rpartition(".")[0] == tables.rpartition(".")[0]
            assert same or importer.endswith(".tables"), f"{importer} reaches into {tables}"


@pytest.mark.parametrize("path", ASKING, ids=name_of)
def test_sql_names_the_tables_of_its_own_package_only(path):
    package = path.relative_to(APP).parts[0]
    if package in READ_ACROSS or package == "lib":
        return
    owners = {
        table: tables.parent.name
        for tables in APP.glob("*/tables.py")
        for table in ROW_TABLE.findall(tables.read_text())
    }
    texts = [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    foreign = {
        table: owners[table]
        for text in texts
        for table in SQL_TABLE.findall(text)
        if owners.get(table, package) != package and (package, table) not in DECLARED
    }
    assert foreign == {}, f"{name_of(path)} asks tables of other packages; ask their queries"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_grows_past_400_lines(path):
    assert len(path.read_text().splitlines()) <= 400, f"{name_of(path)}: look for the second noun"


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=name_of)
def test_every_module_says_what_is_in_it(path):
    said = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0]
    assert said.endswith("."), f"{name_of(path)}: say first what is here and what is not"


def test_only_main_mounts_the_demonstration():
    importers = {
        module
        for demo in GRAPH.find_descendants("app.demo") | {"app.demo"}
        for module in GRAPH.find_modules_that_directly_import(demo)
        if not module.startswith("app.demo")
    }
    assert {module.split(".")[1] for module in importers} <= {"main", "cli"}
