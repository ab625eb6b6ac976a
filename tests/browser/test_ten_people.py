"""Ten people of evals/data/eligibility/people.toml at the page: what they are asked, and what comes out against
verdicts found by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from evals.eligibility_bench import PEOPLE_DAY, read_people

Open = Callable[..., Any]
PEOPLE, OTHERWISE = read_people()
MOST_QUESTIONS = 24
"""More than this nobody is asked, whoever they are."""
APPLICANTS = {"person": "个人和家庭", "building": "住宅楼", "organisation": "机构"}


def settle(page: Page, act: Callable[[], object]) -> dict[str, Any]:
    """Do something and give what the service said to it, once the page shows it."""
    with page.expect_response("**/api/eligibility") as told:
        act()
    answer: dict[str, Any] = told.value.json()
    asked = [one["question"] for one in answer["questions"][:1]]
    if asked:
        expect(page.locator("#asked")).to_have_text(asked[0])
    else:
        expect(page.locator("#question")).to_be_hidden()
    return answer


def answer(page: Page, question: dict[str, Any], value: Any) -> dict[str, Any]:
    """Answer as a person does: by the button that says it, else by the field."""
    box = page.locator("#question")
    words = {True: "是", False: "否"}.get(value) if isinstance(value, bool) else None
    if value == {"none": True}:
        words = question["none"]
    words = words or next((one["words"] for one in question["choices"] if one["value"] == value), None)
    if words is not None:
        return settle(page, box.get_by_role("button", name=words, exact=True).click)
    box.locator("input").fill(value.isoformat() if isinstance(value, date) else str(value))
    return settle(page, box.get_by_role("button", name="确定").click)


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_asked_little_and_told_what_the_documents_say(
    open_page: Open, address: str, name: str, viewport: str
) -> None:
    person = PEOPLE[name]
    truths, lies = OTHERWISE | person["facts"], person.get("corrects", {})
    watched = open_page("about:blank", viewport)
    page = watched.page
    page.clock.set_fixed_time(f"{PEOPLE_DAY.isoformat()}T09:00:00+08:00")
    page.route("**/api/eligibility", lambda route: route.continue_(post_data=on_the_day(route.request.post_data_json)))
    told = settle(page, lambda: page.goto(f"{address}/eligibility"))
    if person["applicant"] != "person":
        told = settle(page, page.locator("label", has_text=APPLICANTS[person["applicant"]]).click)
    if "text" in person:
        page.get_by_label("用一句话说说情况").fill(person["text"])
        told = settle(page, page.get_by_role("button", name="查询").click)
    asked = []
    while told["questions"]:
        question = told["questions"][0]
        assert question["id"] not in asked, "nobody is asked twice"
        asked.append(question["id"])
        told = answer(page, question, lies.get(question["id"], truths[question["id"]]))
    for fact_id in lies:
        page.get_by_text("点开核对、修改").click()
        (known,) = [one for one in told["facts"] if one["id"] == fact_id]
        page.get_by_role("button", name=f"修改{known['name']}").click()
        question = next(one for one in page.evaluate(FACTS) if one["id"] == fact_id)
        told = answer(page, question, truths[fact_id])
        while told["questions"]:
            asked.append(told["questions"][0]["id"])
            told = answer(page, told["questions"][0], truths[asked[-1]])
    assert len(asked) <= MOST_QUESTIONS, asked
    steps = person.get("steps", [])
    missed = [one for one in person["no"] if one not in steps]
    for verdict, expected in (("eligible", person["yes"]), ("not_eligible", missed), ("undetermined", steps)):
        for benefit_id in expected:
            expect(page.locator(f"#cards .{verdict} #{benefit_id}")).to_have_count(1)
    waiting = page.locator("#cards .undetermined .benefit")
    assert waiting.count() == len(steps) == waiting.filter(has_text="还要先").count()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.host = address.partition("://")[2]
    watched.check()


FACTS = "() => fetch('/api/benefits?facts_only=true').then((response) => response.json()).then((told) => told.facts)"


def on_the_day(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"as_of": PEOPLE_DAY.isoformat()}
