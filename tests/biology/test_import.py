"""A laboratory's file: every line judged before anything is written, taken over once, no word of another centre's."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.biology.imports.actions import forget_imports, take_over
from app.biology.imports.model import Verdict, fingerprint
from app.biology.imports.queries import find_import, look
from app.biology.queries import list_reports
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.queries import get_patient
from tests.biology.stories import LITHIUM, looked_at, report
from tests.browser import read, text_of

HEAD = "code;date;analyte;value;unit;low;high;laboratory;sample"
TODAY = clock.now().date()
HERE = "/patients/imports/biology"


async def code(patient) -> str:
    return (await get_patient(patient)).code


async def file_of(people, *lines: str) -> str:
    """Lines in which PAUL, LEA and YANN stand for their codes."""
    codes = {"PAUL": people.paul_patient, "LEA": people.lea_patient, "YANN": people.yann_patient}
    text = "\n".join([HEAD, *lines])
    for name, patient in codes.items():
        text = text.replace(name, await code(patient))
    return text


async def verdicts(people, *lines: str, who: str = "ines") -> list[str]:
    return [one.verdict.value for one in await look(people[who].actor, await file_of(people, *lines), TODAY)]


async def import_now(people, text: str, who: str = "ines") -> int:
    by = people[who].actor
    shown = fingerprint(await look(by, text, TODAY))
    return await take_over(by, await looked_at(people, who, text), shown, at=clock.now())


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("PAUL;2/11/2026;Lithiémie;0,72;mmol/L;0,6;0,8;Parc;A1", Verdict.OK),
        ("PAUL;2026-11-02;14682-9;< 14.5;mg/l;;;;", Verdict.OK),
        ("PAUL;2026-11-02;Leucocytes;6,1;G/L;4;10;;", Verdict.OK),
        ("PAUL;2026-11-02;Leucocytes;6,1;g/L;4;10;;", Verdict.UNKNOWN_UNIT),
        ("NOBODY;2026-11-02;lithium;0,7;mmol/L;;;;", Verdict.UNKNOWN_PATIENT),
        ("YANN;2026-11-02;lithium;0,7;mmol/L;;;;", Verdict.UNKNOWN_PATIENT),
        ("PAUL;2026-02-30;lithium;0,7;mmol/L;;;;", Verdict.DATE_WRONG),
        ("PAUL;2099-01-01;lithium;0,7;mmol/L;;;;", Verdict.DATE_FUTURE),
        ("LEA;2013-12-31;lithium;0,7;mmol/L;;;;", Verdict.DATE_UNBORN),
        ("PAUL;2026-11-02;HEMOGLOBINE;13,2;g/dL;;;;", Verdict.OK),
        ("PAUL;2026-11-02;lithuim;0,7;mmol/L;;;;", Verdict.UNKNOWN_ANALYTE),
        ("PAUL;2026-11-02;lithium;0,7;g/L;;;;", Verdict.UNKNOWN_UNIT),
        ("PAUL;2026-11-02;lithium;positif;mmol/L;;;;", Verdict.NUMBER_WRONG),
        ("PAUL;2026-11-02;lithium;0,7;mmol/L;0,8;0,6;;", Verdict.RANGE_WRONG),
        ("PAUL;2026-11-02;lithium;72;mmol/L;;;;", Verdict.IMPLAUSIBLE),
        (f"PAUL;2026-11-02;lithium;0,7;mmol/L;;;{'x' * 121};", Verdict.TOO_LONG),
    ],
)
async def test_each_line_says_what_becomes_of_it(db, people, line, verdict):
    assert await verdicts(people, line) == [verdict]


async def test_one_name_of_two_analytes_is_that_of_its_unit(db, people):
    lines = "PAUL;2026-11-02;Prolactine;15;µg/L;;;;", "PAUL;2026-11-02;PROLACTINE;300;mUI/L;;;;"
    found = await look(people["ines"].actor, await file_of(people, *lines), TODAY)
    assert [one.entry and one.entry.analyte for one in found] == ["prolactin", "prolactin-units"]
    assert await verdicts(people, "PAUL;2026-11-02;Prolactine;15;mmol/L;;;;") == ["unknown_unit"]


async def test_a_count_is_taken_over_with_its_thousands(db, people):
    text = await file_of(people, "PAUL;2026-11-02;neutrophiles;4.500;/mm3;1.800;7.500;;")
    assert await import_now(people, text) == 1
    (of_paul,) = await list_reports(people["ines"].actor, people.paul_patient)
    (result,) = of_paul.results
    assert (result.value, result.low, result.high) == (Decimal("4.5"), Decimal("1.8"), Decimal("7.5"))


async def test_lines_are_compared_with_the_record_and_with_each_other(db, people):
    await report(people, LITHIUM)
    assert await verdicts(
        people,
        "PAUL;2026-11-02;lithium;0,72;meq/L;;;;",
        "PAUL;2026-11-02;lithium;0,75;mmol/L;;;;S9",
        "LEA;2026-11-02;tsh;1,2;mUI/L;;;;S1",
        "LEA;2026-11-02;tsh;1,20;mUI/L;;;;S1",
        "LEA;2026-11-02;sodium;140;mmol/L;;;;S1",
        "LEA;2026-11-02;sodium;104;mmol/L;;;;S1",
    ) == ["duplicate", "differs", "ok", "repeated", "conflict", "conflict"]


async def test_a_file_is_taken_over_once(db, people):
    text = await file_of(
        people,
        "PAUL;2026-11-02;lithium;0,72;mmol/L;0,6;0,8;Parc;A1",
        "PAUL;2026-11-02;tsh;1,2;mUI/L;;;Parc;A1",
        "LEA;2026-11-03;tsh;2,4;mUI/L;;;Parc;A2",
        "YANN;2026-11-03;tsh;2,4;mUI/L;;;Parc;A3",
    )
    made = await looked_at(people, "ines", text)
    shown = fingerprint(await look(people["ines"].actor, text, TODAY))

    assert await take_over(people["ines"].actor, made, shown, at=clock.now()) == 3
    assert await take_over(people["ines"].actor, made, shown, at=clock.now()) == 3
    assert await import_now(people, text) == 0

    (of_paul,) = await list_reports(people["ines"].actor, people.paul_patient)
    assert ([one.analyte for one in of_paul.results], of_paul.about.sample) == (["tsh", "lithium"], "A1")
    assert await list_reports(people["zoe"].actor, people.yann_patient) == []
    assert await fetch_value("SELECT content FROM lab_import WHERE id = $1", made) is None


async def test_what_is_not_what_was_shown_is_not_written(db, people):
    text = await file_of(people, "PAUL;2026-11-02;lithium;0,72;mmol/L;;;;", "PAUL;2026-11-02;tsh;1,2;mUI/L;;;;")
    by, made = people["ines"].actor, await looked_at(people, "ines", text)
    shown = fingerprint(await look(by, text, TODAY))
    await report(people, LITHIUM)

    with pytest.raises(Refused, match=r"lab_import\.changed"):
        await take_over(by, made, shown, at=clock.now())
    with pytest.raises(Refused, match=r"lab_import\.over"):
        await take_over(by, made, shown, at=clock.now() + timedelta(hours=2))

    assert len(await list_reports(by, people.paul_patient)) == 1


async def test_a_file_that_nobody_takes_over_is_forgotten(db, people):
    made = await looked_at(people, "ines", await file_of(people, "PAUL;2026-11-02;lithium;0,72;mmol/L;;;;"))
    (row,) = await fetch("SELECT content FROM lab_import WHERE id = $1", made)
    assert b"lithium" not in row["content"]

    await forget_imports(at=clock.now())
    assert await find_import(made)
    await forget_imports(at=clock.now() + timedelta(hours=2))
    assert await find_import(made) is None


async def test_the_pages_show_the_lines_and_then_what_came_of_them(db, people, browser_for):
    text = await file_of(
        people,
        "PAUL;2026-11-02;lithium;0,72;mmol/L;0,6;0,8;Parc;A1",
        "YANN;2026-11-02;lithium;0,72;mmol/L;;;Parc;A2",
        "XXXX;2026-11-02;lithium;0,72;mmol/L;;;Parc;A3",
        "PAUL;2026-11-02;lithium;=1+1;mmol/L;;;Parc;A4",
    )
    async with browser_for("ines") as browser:
        none = await browser.post(HERE, files={"file": ("", b"")})
        wrong = await browser.post(HERE, files={"file": ("a.csv", b"code;date\n1;2")})
        sent = await browser.post(HERE, files={"file": ("parc.csv", text.encode("cp1252"))})
        address = sent.headers["location"]
        page = await browser.page(address)
        problems = await browser.get(f"{address}/problems")
        shown = page.select_one("input[name=shown]")["value"]
        await browser.post(address, data={"shown": shown})
        done = await browser.page(address)
        template = await browser.get(f"{HERE}/template")

    assert (none.status_code, wrong.status_code) == (422, 422)
    assert "What was measured (analyte)" in text_of(read(wrong).select_one("#error-summary"))
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]
    assert rows[1][1] == rows[2][1] == "No patient of your centre has this code"
    assert "'=1+1" in problems.text
    assert "One result is in its record" in text_of(done.select_one("main"))
    assert template.text.startswith("\ufeffcode;date;analyte")


async def test_somebody_elses_file_does_not_exist(db, people, browser_for):
    made = await looked_at(people, "ines")
    async with browser_for("zoe") as browser:
        for address in (f"{HERE}/{made}", f"{HERE}/{made}/problems"):
            assert (await browser.get(address)).status_code == 404
        assert (await browser.post(f"{HERE}/{made}", data={"shown": ""})).status_code == 404


async def test_a_former_code_leads_to_the_record_that_stands_and_a_closed_one_to_nobody(db, people):
    text = await file_of(people, "LEA;2026-11-02;lithium;0,72;mmol/L;;;;")
    await execute(
        "UPDATE patient SET merged_into = $1, root = $1 WHERE id = $2", people.paul_patient, people.lea_patient
    )
    assert await import_now(people, text) == 1
    (found,) = await list_reports(people["ines"].actor, people.paul_patient)
    assert found.patient == people.paul_patient

    await execute("UPDATE patient SET withheld = withheld || '{care}' WHERE id = $1", people.paul_patient)
    (line,) = await look(people["ines"].actor, text, TODAY)
    assert (line.verdict, line.patient) == (Verdict.UNKNOWN_PATIENT, None)


async def test_what_another_centre_keeps_to_itself_is_no_duplicate(db, people):
    """Where sharing is withheld, not even that a result is there is told."""
    await report(people, LITHIUM)
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from) VALUES ($1, $2, $3, 'active', $4)",
        new_id(), people.paul_patient, people.brest, TODAY,
    )  # fmt: skip
    line = "PAUL;2026-11-02;lithium;0,72;mmol/L;;;;"
    assert await verdicts(people, line, who="zoe") == ["duplicate"]

    await execute("UPDATE patient SET withheld = withheld || '{sharing}' WHERE id = $1", people.paul_patient)
    assert await verdicts(people, line, who="zoe") == ["ok"]
