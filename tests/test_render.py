"""A reply on the screen: nothing of it lost, nothing of it mistaken for something else, nothing that a terminal would obey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinebot import Bot, Caveat, Correction, Quote, Reply, Urgent
from spinebot.render import HEADINGS, Marks, blocks, columns, lay_out, marks_for, render, visible, wrap

HEADING = ("How They are Related", "Treatments")
FIRST = Quote("Traction helps the neck.", "article", HEADING, "traction", 10, 34)
SECOND = Quote("It takes ten minutes.", "article", HEADING, "traction", 36, 57)
TRACTION = Caveat("traction", "Ask a doctor before using traction.", "traction")
GENERAL = Caveat("general", "General information from one article.", "")
SOURCE = "From: How They are Related"


def reply(*parts: str, **values: object) -> Reply:
    """A reply whose text is `parts`, a line each."""
    return Reply(str(values.pop("kind", "answer")), "\n".join(parts), **values)  # type: ignore[arg-type]


def answered(*parts: str, **values: object) -> Reply:
    said = f"{FIRST.text} {SECOND.text}"
    return reply(*parts, said, TRACTION.text, GENERAL.text, SOURCE, answer=said, quotes=(FIRST, SECOND), caveats=(TRACTION, GENERAL), **values)


def test_quotes_stand_apart_from_caveats_and_the_source_comes_last() -> None:
    assert render(answered(), 44) == "\n".join([
        "  │ Traction helps the neck. It takes ten",
        "  │ minutes.",
        "",
        "  * Ask a doctor before using traction.",
        "  * General information from one article.",
        "",
        "  From: How They are Related",
    ])


@pytest.mark.parametrize("level", sorted(HEADINGS))
def test_urgent_advice_is_first_and_marked_on_every_line_without_colour(level: str) -> None:
    urgent = Urgent("flag", level, "Go to an emergency department now and tell them about it.", "numb")
    lines = render(answered(urgent.text, kind="urgent", urgent=urgent), 30).splitlines()
    advice = lines[: lines.index("")]
    assert advice[0] == f"!! {HEADINGS[level]}"
    assert all(line.startswith("!! ") for line in advice)
    assert " ".join(line[3:] for line in advice[1:]) == urgent.text
    assert not any(line.startswith("!!") for line in lines[len(advice) :])


def test_a_list_has_an_item_a_line_each_under_its_own_mark() -> None:
    quotes = tuple(Quote(text, "article", HEADING, "list", 0, 0) for text in ("pain medicine", "traction of the neck"))
    items = [f"- {quote.text}" for quote in quotes]
    shown = reply(*items, GENERAL.text, SOURCE, answer="\n".join(quote.text for quote in quotes), quotes=quotes, caveats=(GENERAL,))
    assert [part.role for part in blocks(shown)] == ["item", "item", "caveat", "source"]
    assert render(shown, 20).splitlines()[:4] == ["  │ • pain medicine", "  │ • traction of", "  │   the neck", ""]


def test_the_bots_own_words_are_not_shown_as_quotes() -> None:
    roles = [part.role for part in blocks(answered("What follows is the article's own claim:"))]
    assert roles == ["say", "quote", "caveat", "caveat", "source"]
    assert "│" not in render(reply("The article doesn't say.", GENERAL.text, kind="no_answer", caveats=(GENERAL,)), 60)


def test_a_correction_is_told_from_the_answer_and_after_urgent_advice() -> None:
    urgent = Urgent("flag", "soon", "See a doctor.", "numb")
    corrected = answered(urgent.text, "Understood as: traction", urgent=urgent, corrections=(Correction("tracton", "traction"),))
    assert [part.role for part in blocks(corrected)][:3] == ["urgent", "correction", "quote"]


def test_suggestions_have_the_numbers_they_are_taken_by() -> None:
    shown = reply("Hello.", kind="chat", suggestions=("What is lupus?", "Does traction help?"))
    assert render(shown, 40) == "Hello.\n\n  1  What is lupus?\n  2  Does traction help?"


def test_without_a_width_the_text_is_as_it_stands() -> None:
    assert render(answered()) == answered().text


def test_ascii_terminals_get_ascii_marks() -> None:
    assert marks_for("ascii") == marks_for(None) == marks_for("no-such-encoding") == Marks.ascii()
    assert marks_for("UTF-8") == Marks()
    assert render(answered(), 60, Marks.ascii()).isascii()


@pytest.mark.parametrize("message", ["does lupus need treatment", "neck pain treatments", "I can't feel my legs and lost control of my bladder", "hello", "", "cars"])
@pytest.mark.parametrize("width", [10, 20, 40, 80, 200])
def test_no_word_is_lost_and_no_line_too_wide(bot: Bot, message: str, width: int) -> None:
    said = bot.conversation("1").say(message)
    lines = lay_out(said, width, Marks())
    assert all(columns(str(line)) <= width for line in lines)
    shown = "".join("".join(line.text for line in lines).split())
    for paragraph in said.text.split("\n"):
        assert "".join(paragraph.removeprefix("- ").split()) in shown


@given(st.text(), st.integers(4, 60))
def test_wrapping_keeps_every_mark_and_the_width(text: str, width: int) -> None:
    lines = wrap(text, width, 2, 2)
    assert all(columns(line) <= max(2, width - 2) for line in lines)
    assert "".join("".join(lines).split()) == "".join(visible(text).split())


def test_wide_letters_count_as_two_columns() -> None:
    assert columns("首が痛い") == 8
    assert columns("e\u0301") == 1
    assert wrap("首が痛い", 4) == ["首が", "痛い"]


@given(st.text())
def test_nothing_shown_commands_the_terminal(text: str) -> None:
    shown = visible(text)
    assert not any(mark in shown for mark in "\x1b\x07\x08\r\x00\x7f\x9b\u202e\u2066")
    shown.encode("utf-8")


def test_control_sequences_in_a_reply_are_shown_not_obeyed() -> None:
    shown = reply("\x1b[2J\x9b31m hi \u202e", kind="chat", corrections=(Correction("\x1b]0;x\x07", "y"),))
    assert "\x1b" not in render(shown, 40) and "\x9b" not in render(shown, 40) and "\x07" not in render(shown, 40)
    assert "\x1b" not in render(shown)


def test_a_word_is_cut_only_where_no_line_could_hold_it() -> None:
    assert wrap("typically caused", 10, 2) == ["typicall", "y caused"]
    assert wrap("so typically", 10, 2) == ["so", "typically"]
    assert wrap("a" * 25, 10, 2) == ["a" * 8, "a" * 10, "a" * 7]


def test_marks_can_be_heard() -> None:
    heard = render(answered(), 60, Marks.spoken())
    assert heard.startswith("The article says: Traction helps") and "\nNote: Ask a doctor" in heard
    assert heard.isascii() and not set("|*") & set(heard)
