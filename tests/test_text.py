"""Text into words, stems and sentences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinebot.text import MARKS, PIECE, READ_AT_MOST, clean, expand, middle, sentence_spans, stem, stems, tokens

ANY_TEXT = st.text(st.characters(), max_size=80) | st.text(st.sampled_from("aAnot'’.?!,;:()-/ 0123456789\n\t\ud800\x00\u202e😀éß²½ﬁ頸٣"), max_size=60)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("neck pain", "neck pain"),
        ("a\x00b", "a b"),
        ("red\x1b[31m", "red [31m"),
        ("half \ud83d of it", "half   of it"),
        ("\u202eright to left", " right to left"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("naïve 頸 😀", "naïve 頸 😀"),
    ],
)
def test_clean_takes_out_what_would_garble_a_terminal_or_a_file(text: str, wanted: str) -> None:
    assert clean(text) == wanted


@given(ANY_TEXT)
def test_clean_text_can_always_be_written_and_shown(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not [mark for mark in cleaned if unicodedata.category(mark) in ("Cc", "Cs") and mark not in "\t\n"]
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Can lupus hurt?", ["Can", "lupus", "hurt", "?"]),
        ("can’t, can‘t, can`t", ["can't", ",", "can't", ",", "can't"]),
        ("neck—back", ["neck", ",", "back"]),
        ("wait… what", ["wait", ".", "what"]),
        ("ｎｅｃｋ ﬁne naïve", ["neck", "fine", "naive"]),
        ("zero\u200bwidth", ["zerowidth"]),
        ("L5-S1 and C5/C6", ["L5", "S1", "and", "C5", "C6"]),
        ("39.4 or 39,4 or 5mg", ["39.4", "or", "39,4", "or", "5", "mg"]),
        ("ok 👍", ["ok", "👍"]),
        ("@#$%^&*", []),
        ("", []),
    ],
)
def test_tokens_are_the_words_numbers_marks_and_emoji_as_people_type_them(text: str, wanted: list[str]) -> None:
    assert tokens(text) == wanted


@pytest.mark.parametrize("text", ["a fever of 100.4F", "a fever of 100.4 F", "a fever of 100.4°F"])
def test_a_temperature_is_read_whole_with_its_unit_written_to_it(text: str) -> None:
    """100.4F read as 100 is no fever: the warning would not be given."""
    assert "#100.4" in stems(text)


def test_a_thousand_written_with_a_comma_is_a_thousand() -> None:
    """"1,000 mg" read as 1 would hide an overdose."""
    assert stem(tokens("1,000")[0]) in ("#1000", "#1000.0")


def test_of_an_endless_message_the_beginning_and_the_end_are_read() -> None:
    found = tokens("first " + "x " * READ_AT_MOST + "last")
    assert found[0] == "first"
    assert found[-1] == "last"
    assert len(found) <= READ_AT_MOST


@pytest.mark.parametrize("unit", ["word ", "A sentence ends. ", "line\n", "x", "😀 "])
def test_the_middle_of_an_endless_message_comes_in_pieces_that_hold_all_of_it(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    pieces = list(middle(text))
    assert all(0 < len(piece) <= PIECE < READ_AT_MOST for piece in pieces)
    assert "".join(pieces) in text and len("".join(pieces)) >= len(text) - READ_AT_MOST
    assert all(piece.endswith(unit) for piece in pieces[:-1])


@pytest.mark.parametrize("length", [0, 1, READ_AT_MOST])
def test_a_message_that_is_read_whole_has_no_middle(length: int) -> None:
    assert not list(middle("x" * length))


@given(ANY_TEXT)
def test_any_text_gives_words_that_are_not_empty(text: str) -> None:
    found = tokens(text)
    assert all(found)
    assert all(word and stem(word) for token in found if token not in MARKS for word in expand(token))


@pytest.mark.parametrize(
    ("word", "like"),
    [
        ("discs", "disk"), ("vertebrae", "vertebra"), ("fell", "fall"), ("worse", "worst"), ("herniated", "herniation"), ("nerves", "nerve"), ("feet", "foot"),
        ("tumour", "tumor"), ("ageing", "aging"), ("ten", "10"), ("39,4", "39.4"), ("causes", "cause"), ("paralysed", "paralyzed"),
    ],
)
def test_forms_of_one_word_have_one_stem(word: str, like: str) -> None:
    assert stem(word) == stem(like)


@pytest.mark.parametrize(
    ("word", "other"), [("osteoarthritis", "arthritis"), ("neck", "necklace"), ("strain", "sprain"), ("can", "cannot"), ("1", "10"), ("numb", "number")]
)
def test_different_words_keep_different_stems(word: str, other: str) -> None:
    assert stems(word) != stems(other)


def test_a_number_is_marked_as_one() -> None:
    assert stem("39.4") == "#39.4"
    assert stems("5mg") == ("#5", "mg")
    assert stem("c5") == "c5"


@pytest.mark.parametrize(
    ("token", "wanted"),
    [
        ("can't", "can not"), ("CANT", "can not"), ("dont", "do not"), ("won't", "will not"), ("isn't", "be not"), ("cannae", "can not"), ("I'm", "i be"),
        ("it's", "it be"), ("doctor's", "doctor"), ("she'll", "she will"), ("ill", "ill"), ("ur", "your"), ("sooo", "so"), ("noooo", "no"), ("feeeel", "feel"),
        ("paaain", "pain"), ("sooooon", "soon"), ("111", "111"), ("b4", "before"), ("meds", "medications"),
    ],
)
def test_contractions_texting_and_stretched_words_are_read_as_plain_words(token: str, wanted: str) -> None:
    assert " ".join(expand(token)) == wanted


@pytest.mark.parametrize(("part", "times"), [("'s", 3000), ("a", 9000), ("aab", 3000), ("'t", 5000), ("1", 9000)])
def test_no_single_word_is_too_long_to_be_read(part: str, times: int) -> None:
    """A message that raises instead of getting a reply ends the conversation."""
    assert all(expand(word) for word in tokens("a" + part * times))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One.  Two! Three?", ["One.", "Two!", "Three?"]),
        ("See Dr. Smith, e.g. today. Then rest.", ["See Dr. Smith, e.g. today.", "Then rest."]),
        ("It is 39.4 degrees. Hot.", ["It is 39.4 degrees.", "Hot."]),
        ("No full stop", ["No full stop"]),
        ("Is it safe? The article says no. Ask a doctor.", ["Is it safe?", "The article says no.", "Ask a doctor."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, wanted: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == wanted


@given(st.text(st.sampled_from("abC .?!\n\"'()1é😀"), max_size=80))
def test_sentences_hold_every_word_once_and_in_order(text: str) -> None:
    """A character between two sentences would be text that the bot can never quote."""
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
