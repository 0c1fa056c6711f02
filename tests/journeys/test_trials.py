"""Trials as people live them: two centres and one answer, a tablet and a signature, an amendment, no JavaScript."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys import trials
from tests.journeys.story import press, told
from tests.journeys.trials import TODAY, named
from tests.trials.stories import text_of


@pytest.mark.capability("E30")
@pytest.mark.capability("E38")
def test_in_two_trials_of_two_centres_the_same_questionnaire_is_answered_once(live, new_page):
    who = told(live, "both", "Keravel")
    morning = trials.trial_in(live, named("morning", "Matin"), live.people.lyon)
    evening = trials.trial_in(live, named("evening", "Soir"), live.people.brest)
    trials.followed_in_brest(who)
    lyon, brest = new_page("fr", 1280, who=who.practitioner), new_page("fr", 320, who="zoe")
    for page, key in ((lyon, morning), (brest, evening)):
        trials.agrees(who, key)
        trials.screening(page, who, key)
        trials.usable(page)
        if page is brest:
            expect(page.locator("#calendar")).to_contain_text("PHQ-9")
        trials.confirm(page)
        trials.usable(page)

    own = new_page("fr", 375, who=who.name)
    own.goto("/home")
    trials.usable(own)
    task = own.locator("[id^='task-']")
    expect(task).to_have_count(1)
    expect(own.locator("main")).to_contain_text(re.compile("Compte pour 2 visites|Counts for 2 visits"))
    press(own, "Commencer")
    trials.answer_phq9(own)
    own.goto("/home")
    expect(task).to_have_count(0)
    own.goto("/visits")
    trials.usable(own)

    for page in (lyon, brest):
        trials.go_to_visit(page)
        row = page.locator(".co-feed li").filter(has_text="PHQ-9")
        expect(row.locator("a[href^='/responses/']")).to_have_count(1)
        expect(page.locator("main")).to_contain_text("Soir" if page is lyon else "Matin")
        trials.usable(page)


@pytest.mark.capability("E21")
def test_a_visit_is_opened_lent_to_the_patient_completed_and_signed(live, new_page):
    key = trials.trial_in(live, named("lent", "Lent trial"), live.people.lyon)
    one = trials.takes_part(live, "lent", key)
    page, visit = new_page("en", 1280, who=one.who.practitioner), one.visit()
    record = f"/patients/{one.who.patient}"
    page.goto(visit)
    page.locator("form[action$='/open'] button").click()
    page.wait_for_url("**?done=opened")
    trials.usable(page)

    page.get_by_role("link", name="Fill in").click()
    press(page, "Start")
    trials.rate_madrs(page)
    page.goto(visit)
    page.locator("main a[href$='/tablet']").click()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/tablet")
    trials.usable(page)
    for elsewhere in (record, visit, "/patients"):
        page.goto(elsewhere)
        expect(page).to_have_url(f"{live.url}/tablet")
    page.go_back()
    expect(page).to_have_url(f"{live.url}/tablet")
    press(page, "Start")
    trials.answer_phq9(page)
    page.locator("header a[href='/tablet/return']").click()
    page.locator("#code").fill(live.totp_code(one.who.practitioner))
    page.locator("#code").press("Enter")
    expect(page).to_have_url(live.url + visit)

    page.locator("main a[href$='/complete']").click()
    press(page, "Complete the visit")
    page.wait_for_url("**?done=completed")
    live.age_factors(one.who.practitioner)
    page.locator("main a[href$='/sign']").click()
    page.wait_for_url("**/sign")
    trials.usable(page)
    page.locator("main form[action$='/sign'] button").click()
    page.locator("#code").fill(live.totp_code(one.who.practitioner))
    page.locator("#code").press("Enter")
    press(page, "Save and go on")
    page.wait_for_url("**?done=signed")
    expect(page.locator("#visit-signature").locator("xpath=ancestor::section")).to_contain_text("Signed by")
    trials.usable(page)


@pytest.mark.capability("E20")
def test_an_amendment_reaches_whoever_is_enrolled_and_leaves_what_is_signed(live, new_page, tmp_path):
    text = named("amended", "Amended trial")
    key = trials.trial_in(live, text, live.people.lyon)
    two = [trials.takes_part(live, f"amended-{n}", key, on=TODAY - timedelta(days=3)) for n in (1, 2)]
    trials.held_and_signed(two[0])
    file = tmp_path / "amended.yml"
    file.write_text(trials.longer(text))

    planned = trials.operator(live, "plan", file)
    assert planned.returncode == 3, planned.stderr
    assert "people enrolled: 2\n  2 follow at once" in planned.stdout
    assert "  2 visits added\n  12 visits moved\n" in planned.stdout
    applied = trials.operator(live, "apply", "--yes", file)
    assert applied.stdout.endswith("amended 1.1.0 is applied; 2 enrolments changed.\n"), applied.stderr
    again = trials.operator(live, "apply", "--yes", file)
    assert (again.returncode, again.stdout) == (0, "amended 1.1.0 is applied already: nothing to do.\n")

    for one in two:
        page = new_page("fr", 375, who=one.who.practitioner)
        page.goto(f"/patients/{one.who.patient}/trials")
        expect(page.locator("main a[href^='/visits/']")).to_have_count(8)
        page.goto(one.visit())
        signed = page.locator(".co-legend").get_by_text(re.compile("^(Signée|Signed)"))
        expect(signed).to_have_count(int(one is two[0]))
        expect(page.locator("#when").locator("xpath=ancestor::section")).to_contain_text(
            "1.0.0" if one is two[0] else "1.1.0"
        )
        page.goto(one.visit("home#0"))
        expect(page.locator("main")).to_contain_text("1.1.0")
        trials.usable(page)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_script_somebody_is_refused_noted_and_enrolled_later(live, new_page, language):
    who, text = told(live, f"screened-{language}"), text_of("rules").replace("key: rules", f"key: rules_{language}")
    key = trials.trial_in(live, text, live.people.lyon)
    trials.agrees(who, key)
    page = new_page(language, 320, js=False, who=who.practitioner)
    trials.screening(page, who, key)
    trials.fits(page)
    page.locator("input[name=rule-bipolar][value=no]").check()
    page.locator("input[name=rule-pregnant][value=no]").check()
    page.locator("input[name=arm][value=app]").check()
    press(page, "Inclure avec ce calendrier", "Enrol with this calendar")
    expect(page.locator("#error-summary a")).to_have_attribute("href", "#rule-bipolar")
    page.locator("input[name=outcome][value=not_eligible]").check()
    page.locator("button[formaction$='/log']").click()
    page.wait_for_url("**/trials?done=screened")
    trials.fits(page)
    page.goto(f"/trials/{key}/screening-log")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text({"fr": "Trouble bipolaire", "en": "Bipolar disorder"}[language])
    trials.fits(page)

    trials.screening(page, who, key)
    page.locator("input[name=rule-bipolar][value=yes]").check()
    page.locator("input[name=rule-pregnant][value=no]").check()
    page.locator("input[name=arm][value=app]").check()
    before = page.locator("#calendar tbody tr").count()
    page.locator("#event-diagnosis").fill(f"{TODAY - timedelta(days=60)}")
    page.locator("button[formaction$='/calendar']").click()
    expect(page.locator("#calendar tbody tr")).to_have_count(3)
    assert before < 3
    expect(page.locator("input[name=rule-bipolar][value=yes]")).to_be_checked()
    trials.confirm(page)
    expect(page.locator("main a[href^='/visits/']")).to_have_count(3)
    page.goto(f"/trials/{key}/screening-log")
    expect(page.locator("tbody tr")).to_have_count(2)
