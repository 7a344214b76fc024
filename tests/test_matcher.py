"""Wordings found in a message, checked by a table and against a matcher that tries everything."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinebot.english import LIGHT
from spinebot.matcher import GAP, Matcher, number_keys, parse_wording
from spinebot.text import MARKS, stem

LIGHT_STEMS = LIGHT | {stem(word) for word in LIGHT}


def read(message: str) -> list[str]:
    """The stems of a message written with blanks between words and marks."""
    return [word if word in MARKS else stem(word.lower()) for word in message.split(" ")]


def found_in(message: str, *wordings: str) -> list[str]:
    """The stretches of the message that the wordings are found in."""
    words = read(message)
    matcher = Matcher([("it", sequence) for wording in wordings for sequence in parse_wording(wording)])
    return [" ".join(message.split(" ")[match.start : match.end]) for match in matcher.find(words)]


@pytest.mark.parametrize(
    ("wording", "message", "wanted"),
    [
        ("slipped disc", "i slipped discs", ["slipped discs"]),
        ("slipped disc", "disc slipped", []),
        ("slipped disc", "slipped", []),
        ("slipped disc", "a slipped disc and a slipped disc", ["slipped disc", "slipped disc"]),
        # light words
        ("numb leg", "numb in both my legs", []),
        ("numb leg", "numb my left leg", ["numb my left leg"]),
        ("numb leg", "numb my your his her leg", ["numb my your his her leg"]),
        ("numb leg", "numb my your his her their leg", []),
        ("numb leg", "numb painful leg", []),
        ("my leg", "my my leg", ["my my leg", "my leg"]),
        # gaps
        ("numb ... leg", "numb leg", ["numb leg"]),
        ("numb ... leg", "numb in one two three leg", ["numb in one two three leg"]),
        ("numb ... leg", "numb in one two three four leg", []),
        ("numb ... leg", "numb and leg and leg", ["numb and leg"]),
        ("a ... b ... c", "a x b y c", ["a x b y c"]),
        # alternatives
        ("slipped/burst disc", "burst disc", ["burst disc"]),
        ("slipped/burst disc/pad", "slipped pad", ["slipped pad"]),
        ("slipped/burst disc", "bulging disc", []),
        ("can't/cannot walk", "can not walk", ["can not walk"]),
        # numbers
        ("# pills", "20 pills", ["20 pills"]),
        ("# pills", "twenty pills", ["twenty pills"]),
        ("# pills", "many pills", []),
        ("#many pills", "8 pills", ["8 pills"]),
        ("#many pills", "7 pills", []),
        ("took #many", "took 7.9", []),
        ("fever #fever", "fever 39.4", ["fever 39.4"]),
        ("fever #fever", "fever 39,4", ["fever 39,4"]),
        ("fever #fever", "fever 37", []),
        ("fever #fever", "fever 100.4", ["fever 100.4"]),
        ("fever #fever", "fever 212", []),
        ("aged 50", "aged 50", ["aged 50"]),
        ("aged 50", "aged 51", []),
        # marks
        ("slipped disc", "slipped . disc", []),
        ("slipped disc", "slipped , disc", []),
        ("numb ... leg", "numb ; leg", []),
        ("numb ... leg", "numb one \n leg", []),
        ("numb leg", "numb ( my leg )", []),
        ("slipped disc", "pain , slipped disc ?", ["slipped disc"]),
        # emoji and letters of other alphabets are words between words
        ("numb ... leg", "numb 😀 leg", ["numb 😀 leg"]),
        ("👋", "hello 👋", ["👋"]),
    ],
)
def test_a_wording_is_found_where_a_reader_would_find_it_and_nowhere_else(wording: str, message: str, wanted: list[str]) -> None:
    assert found_in(message, wording) == wanted


def test_all_names_are_found_in_reading_order() -> None:
    matcher = Matcher([("one", ["neck", "pain"]), ("two", ["pain"]), ("three", ["neck"]), ("four", ["back"])])
    assert [(match.name, match.start, match.end) for match in matcher.find(["neck", "pain", ".", "pain"])] == [
        ("three", 0, 1), ("one", 0, 2), ("two", 1, 2), ("two", 3, 4),
    ]  # fmt: skip


def test_the_size_counts_the_wording_s_own_words() -> None:
    (match,) = Matcher([("it", ["numb", GAP, "leg"])]).find(["numb", "in", "one", "leg"])
    assert (match.start, match.end, match.size) == (0, 4, 2)


def test_nothing_is_found_in_nothing() -> None:
    assert Matcher([("it", ["neck"])]).find([]) == []
    assert Matcher([]).find(["neck"]) == []


@pytest.mark.parametrize(
    ("wording", "sequences"),
    [
        ("slipped discs", ["slip disc"]),
        ("numb ... legs", ["numb ... leg"]),
        ("slipped/burst disc/pad", ["slip disc", "slip pad", "burst disc", "burst pad"]),
        ("can't walk", ["can not walk"]),
        ("non-drug", ["non drug"]),
        ("#many pills", ["#many pill"]),
        ("twelve pills", ["#12 pill"]),
    ],
)
def test_a_wording_is_read_as_stems(wording: str, sequences: list[str]) -> None:
    assert [" ".join(sequence) for sequence in parse_wording(wording)] == sequences


@pytest.mark.parametrize(
    ("wording", "reason"),
    [
        ("", "is empty"), ("  ", "is empty"), ("???", "holds no word"), ("neck ! pain", "holds no word"), ("neck/ pain", "holds no word"), ("/", "holds no word"),
        ("... pain", "begins or ends"), ("pain ...", "begins or ends"), ("...", "begins or ends"), ("neck ... ... pain", "twice in a row"),
        ("a/b a/b a/b a/b a/b a/b a/b", "more than 64"),
    ],
)  # fmt: skip
def test_a_wording_that_could_not_match_is_refused_with_the_reason(wording: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_wording(wording)


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        ("#3", ["#"]), ("#8", ["#", "#many"]), ("#37.7", ["#", "#many"]), ("#37.8", ["#", "#many", "#fever"]), ("#42.9", ["#", "#many", "#fever"]), ("#43", ["#", "#many"]),
        ("#100.3", ["#", "#many", "#fever"]), ("#100.2", ["#", "#many"]), ("#108", ["#", "#many", "#fever"]), ("#109", ["#", "#many"]), ("#", []), ("#x", []),
    ],
)  # fmt: skip
def test_a_number_answers_to_the_wildcards_that_it_fulfils(number: str, keys: list[str]) -> None:
    assert list(number_keys(number)) == keys


def ends(sequence: list[str], words: list[str], start: int) -> set[int]:
    """Where `sequence` can end if it begins at `start`, by trying everything.

    Between two of its words stand up to four light words; at a gap, up to four words of any kind after these but a
    negator. Never a mark.
    """

    def fits(item: str, at: int) -> bool:
        return at < len(words) and words[at] not in MARKS and (words[at] == item or (words[at][0] == "#" and item in number_keys(words[at])))

    def between(at: int, gap: bool) -> set[int]:
        found = {to for to in range(at, min(at + 4, len(words)) + 1) if all(word in LIGHT_STEMS for word in words[at:to])}
        if gap:
            found = {further for to in found for further in range(to, to + 5) if not (MARKS | {"not", "no"}) & set(words[to:further])}
        return found

    reached = {start + 1} if fits(sequence[0], start) else set()
    gap = False
    for item in sequence[1:]:
        if item == GAP:
            gap = True
            continue
        reached = {to + 1 for at in reached for to in between(at, gap) if fits(item, to)}
        gap = False
    return reached


WORD = st.sampled_from(["neck", "pain", "leg", "numb", "the", "my", "left", "#3", "#20", "#39.4", "#100.4"])
MESSAGE = st.lists(WORD | st.sampled_from([".", ",", "?", "\n", "😀", "(", "not", "no", "neck", "numb"]), max_size=14)
ITEM = st.sampled_from(["neck", "pain", "leg", "numb", "the", "my", "#", "#many", "#fever", "#3", "😀"])
SEQUENCE = st.lists(st.tuples(ITEM, st.booleans()), min_size=1, max_size=4).map(
    lambda items: [part for at, (item, gap) in enumerate(items) for part in ([GAP, item] if gap and at else [item])]
)


@example([("A", ["#", "pain"]), ("A", ["#many", "pain"])], ["#20", "pain"])
@example([("A", ["#"]), ("A", ["#many", "pain"])], ["#20", "pain"])
@example([("A", ["numb", GAP, "pain"]), ("A", ["numb", "leg"])], ["numb", "the", "leg", "pain"])
@given(st.lists(st.tuples(st.sampled_from("ABC"), SEQUENCE), max_size=6), MESSAGE)
def test_find_agrees_with_a_matcher_that_tries_everything(wordings: list[tuple[str, list[str]]], words: list[str]) -> None:
    """One match for each name and beginning: its wording with the most words there, at the shortest stretch."""
    best: dict[tuple[str, int], tuple[int, int]] = {}
    for name, sequence in wordings:
        size = sum(item != GAP for item in sequence)
        for start in range(len(words)):
            for end in ends(sequence, words, start):
                best[name, start] = max((size, -end), best.get((name, start), (size, -end)))
    wanted = {key: -end for key, (_, end) in best.items()}
    found = Matcher(wordings).find(words)
    assert sorted((match.name, match.start, match.end) for match in found) == sorted((*key, end) for key, end in wanted.items())
    assert [match.start for match in found] == sorted(match.start for match in found)
    for match in found:
        sizes = {
            sum(item != GAP for item in sequence)
            for name, sequence in wordings
            if name == match.name and match.end in ends(sequence, words, match.start)
        }
        assert match.size in sizes
