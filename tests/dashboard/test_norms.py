"""Raw results and what a norm makes of them, on the pages of a team: the norm named, with what it went by."""

import pytest

from app.responses.actions import score_response
from tests.browser import read, text_of
from tests.responses.test_education import AT, CONDITIONS, TIMES, elder, given

__all__ = ["elder"]


@pytest.fixture
async def test(people, elder):
    """A trail making test of somebody whose years of education are known."""
    await given(people, elder, "wais4_criteria", {**CONDITIONS, "education_years": 12})
    return await given(people, elder, "tmt", TIMES)


def row_of(page, score: str) -> list[str]:
    return [text_of(cell) for cell in page.select(f"#score-{score} > *")]


@pytest.mark.capability("E41")
async def test_raw_and_normed_results_stand_together_with_the_norm(browser_for, test):
    page = read(await browser_for("ines").get(f"/responses/{test}/scores"))

    assert row_of(page, "part_a_time")[1] == "40\u00a0s"
    assert "Norm" not in row_of(page, "part_a_time")[0]
    title, value, *_ = row_of(page, "part_a_z")
    assert (value, title) == ("-0.52", "Part A, z score Norm 1")
    assert row_of(page, "part_b_z")[0] == "Part B, z score Norm 2"
    assert "25th to 74th percentile" in row_of(page, "part_a_class")[2]
    [norms] = page.select("section[aria-labelledby=norms]")
    assert "Norm 1 Compared with 269 adults" in text_of(norms)
    assert "Ashendorf" in text_of(norms)
    facts = [text_of(one) for one in norms.select("dl")[-1].select("dt, dd")]
    assert facts == ["Age", "62", "Years of education", "12"]


async def test_how_a_normed_score_was_computed_names_the_norm(browser_for, test):
    page = read(await browser_for("ines").get(f"/responses/{test}/scores/part_a_z"))
    plain = read(await browser_for("ines").get(f"/responses/{test}/scores/part_a_time"))

    assert "269 adults" in text_of(page.select("section[aria-labelledby=norms]")[0])
    assert plain.select("section[aria-labelledby=norms]") == []


async def test_a_norm_that_lacks_education_says_where_it_comes_from(browser_for, people, elder):
    test = await given(people, elder, "tmt", TIMES)
    list_of_scores = read(await browser_for("ines").get(f"/responses/{test}/scores"))
    page = text_of(read(await browser_for("ines").get(f"/responses/{test}/scores/part_a_z")))

    assert row_of(list_of_scores, "part_a_time")[1] == "40\u00a0s"
    assert row_of(list_of_scores, "part_a_z")[1] == "–"
    assert "Missing answers: years of education." in page
    [norms] = list_of_scores.select("section[aria-labelledby=norms]")
    assert "Years of education not known" in text_of(norms)
    assert "come from the newest answer in the social questionnaire" in text_of(norms)


async def test_who_is_outside_the_norm_is_told_so(browser_for, people):
    test = await given(people, people.paul_patient, "tmt", TIMES)
    await given(people, people.paul_patient, "wais4_criteria", {**CONDITIONS, "education_years": 12})
    await score_response(test, at=AT)
    page = text_of(read(await browser_for("ines").get(f"/responses/{test}/scores/part_a_z")))
    assert "The norm has no figure for this person or this result; it goes by: age, years of education." in page


@pytest.mark.parametrize("address", ["/responses/{}/scores", "/responses/{}/scores/part_a_z"])
async def test_another_centre_sees_neither_results_nor_facts(browser_for, test, address):
    replies = {who: (await browser_for(who).get(address.format(test))).status_code for who in ("ines", "zoe")}
    assert replies == {"ines": 200, "zoe": 404}
