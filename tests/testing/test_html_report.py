"""The report for a browser, in a real Chromium: what a tester would lose who shows it to a doctor, or opens it without any network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect, sync_playwright

from spinebot.errors import Fault
from spinebot.testing.expect import Failure
from spinebot.testing.html_report import to_html
from spinebot.testing.play import Outcome, Played, PlayedStep
from spinebot.testing.script import Conversation, Expectation, Step

CHROMIUM = "/usr/bin/chromium"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVIL = '</script><script>document.title = "taken"</script><img src=x onerror="document.title=1"> {{title}} & "quoted" \x00\ud800'
COVERED = {"passages": (["lupus"], ["lupus", "traction"]), "caveats": (["general"], ["general"])}
FAULTS = [Fault("bad.chat.yaml", 3, f"unknown key {EVIL}")]


def played(outcome: Outcome, name: str, says: str, reply: str, tags: tuple[str, ...] = (), failures: tuple[Failure, ...] = (), trouble: str = "") -> Played:
    step = Step(says, (Expectation("says", ("x",), 5),), "a.chat.yaml", 4)
    skip, fails = ("not yet" if outcome == "skipped" else ""), ("issue 12" if outcome in ("xfailed", "xpassed") else "")
    steps = () if outcome in ("skipped", "broken") else (PlayedStep(step, {"text": reply}, failures),)
    return Played(Conversation(name, "a.chat.yaml", 2, (step,), tags, skip, fails), outcome, steps, 0.25, trouble)


RESULTS = [
    played("passed", "lupus", "Does lupus need treatment?", "Lupus has to be medically treated.", ("safety",)),
    played("failed", EVIL, EVIL, EVIL, ("safety", "talk"), (Failure("says", EVIL, "got " * 80, EVIL, 5),)),
    played("skipped", "later", "hello", ""),
    played("xfailed", "known", "hello", "Hello.", ("talk",), (Failure("says", "x", "Hello.", "", 5),)),
    played("xpassed", "mended", "hello", "Hello."),
    played("broken", "silent", "hello", "", trouble="no answer in 10 s"),
]


def test_it_needs_nothing_from_anywhere() -> None:
    class Links(HTMLParser):
        found: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            self.found += [f"{tag} {name}" for name, value in attributes if name in ("src", "href", "srcset", "action") or (value and "url(" in value)]

    links = Links()
    links.feed(to_html(RESULTS, FAULTS, COVERED, 50.0))
    assert links.found == []


def test_it_is_the_same_twice_and_holds_no_times() -> None:
    text = to_html(RESULTS, FAULTS, COVERED, 50.0)
    assert text == to_html(RESULTS, FAULTS, COVERED, 50.0)
    assert "0.25" not in text
    text.encode("utf-8")


def test_without_a_script_every_transcript_is_there() -> None:
    text = to_html(RESULTS)
    assert text.count('<details class="conversation ') == len(RESULTS)
    assert "Does lupus need treatment?" in text and "Coverage" not in text and "Faulty" not in text


def test_an_empty_run_is_a_page() -> None:
    assert "nothing was played" in to_html([])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is missing, and with it every test of the report: apt install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu", "--disable-background-networking"])
        yield opened
        opened.close()


@pytest.fixture(params=["light", "dark", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report in a browser without a network; a message on its console fails the test."""
    (tmp_path / "report.html").write_text(to_html(RESULTS, FAULTS, COVERED, 50.0), encoding="utf-8")
    phone = request.param == "phone"
    context = browser.new_context(
        offline=True, bypass_csp=False, color_scheme="dark" if request.param == "dark" else "light", viewport={"width": 360 if phone else 1200, "height": 800},
    )  # fmt: skip
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto((tmp_path / "report.html").as_uri())
    yield opened
    context.close()
    assert said == []


def shown(page: Page) -> list[str]:
    return [found.get_attribute("data-outcome") or "" for found in page.locator("details.conversation:visible").all()]


def axe(browser: Browser, page: Page) -> list[str]:
    """What axe finds; a page of its own, since the report's policy would not let axe in."""
    context = browser.new_context(bypass_csp=True, viewport=page.viewport_size, color_scheme="dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light")
    checked = context.new_page()
    checked.goto(page.url)
    faults = []
    for opened in (False, True):
        if opened:
            checked.get_by_role("button", name="Open all shown").click()
        checked.evaluate(AXE_SCRIPT + "\n;undefined")
        result = checked.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
        faults += [f"{fault['id']}: {node['target']} {node.get('failureSummary')}" for fault in result["violations"] for node in fault["nodes"]]
    context.close()
    return faults


def test_axe_finds_nothing(browser: Browser, page: Page) -> None:
    assert axe(browser, page) == []


def test_what_a_reply_holds_is_shown_and_never_run(page: Page) -> None:
    assert page.title().startswith("Scripted conversations: 1 faulty file, 1 failed")
    assert page.locator("img, script").count() == 1
    assert page.locator(".failed .bot").inner_text().replace("✗ Bot", "").strip().startswith("</script><script>document.title")
    assert "{{title}}" in page.locator(".failed .bot").inner_text()


def test_bad_ones_stand_open_and_others_closed(page: Page) -> None:
    opened = [found.get_attribute("data-outcome") for found in page.locator("details.conversation[open]").all()]
    assert opened == ["failed", "xpassed", "broken"]
    expect(page.get_by_text("no answer in 10 s")).to_be_visible()
    expect(page.locator(".failed th .where")).to_have_text("a.chat.yaml:5")


def test_filters_by_outcome_tag_and_text(page: Page) -> None:
    everything = [one.outcome for one in RESULTS]
    assert shown(page) == everything
    page.get_by_label("passed (1)", exact=True).uncheck()
    assert shown(page) == everything[1:]
    page.get_by_label("passed (1)", exact=True).check()
    page.get_by_label("Tag").select_option("talk")
    assert shown(page) == ["failed", "xfailed"]
    expect(page.get_by_role("status")).to_have_text("2 of 6 conversations shown")
    page.get_by_label("Text").fill("HELLO.")
    assert shown(page) == ["xfailed"]
    page.get_by_label("Tag").select_option("")
    assert shown(page) == ["xfailed", "xpassed"]
    page.get_by_label("Text").fill("nowhere at all")
    assert shown(page) == []
    page.get_by_label("Text").press("Enter")
    assert page.url.endswith("report.html")


def test_coverage_and_faults_are_shown(page: Page) -> None:
    expect(page.get_by_role("heading", name="Coverage: 50.0 %")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("passages"))
    expect(row).to_contain_text("1 of 2")
    row.locator("summary").click()
    expect(row.get_by_text("traction")).to_be_visible()
    expect(page.get_by_text("bad.chat.yaml:3")).to_be_visible()


def test_nothing_is_wider_than_the_window(page: Page) -> None:
    page.get_by_role("button", name="Open all shown").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
