"""Repair of misspelt words: what was meant is found, and what was right is left alone."""

from __future__ import annotations

import functools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nltk.metrics.distance import edit_distance

from spinebot import Bot
from spinebot.english import NEGATORS
from spinebot.spelling import Speller, distance, sound

SHORT = st.text(st.sampled_from("abcd"), max_size=7)
NAMES = ("osteoarthritis", "rheumatoid", "lupus", "degenerative", "stenosis", "herniated", "pinched", "whiplash")


def by_definition(a: str, b: str) -> int:
    """Inserts, drops, replacements and swaps of neighbours, no letter edited twice: the definition, without any shortcut."""

    @functools.cache
    def of(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (a[i - 1] != b[j - 1]))
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            best = min(best, of(i - 2, j - 2) + 1)
        return best

    return of(len(a), len(b))


@given(SHORT, SHORT, st.integers(0, 8))
def test_distance_is_the_edit_distance_up_to_its_limit(a: str, b: str, limit: int) -> None:
    edits = by_definition(a, b)
    assert distance(a, b, limit) == min(edits, limit + 1)
    # nltk lets a letter be edited after it was swapped, so it may find fewer edits, and without swaps never fewer.
    assert edit_distance(a, b, transpositions=True) <= edits <= edit_distance(a, b)


@given(st.text(st.sampled_from("abcdefgh"), min_size=2, max_size=9), st.integers(0, 8), st.sampled_from(["insert", "drop", "replace", "swap"]), st.sampled_from("xyz"))
def test_one_slip_of_the_finger_is_one_edit_as_nltk_counts(word: str, at: int, slip: str, letter: str) -> None:
    at %= len(word) - 1
    slipped = {
        "insert": word[:at] + letter + word[at:],
        "drop": word[:at] + word[at + 1 :],
        "replace": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[slip]
    assert distance(slipped, word, 3) == edit_distance(slipped, word, transpositions=True) == (slipped != word)


@given(SHORT, SHORT)
def test_distance_is_the_same_both_ways(a: str, b: str) -> None:
    assert distance(a, b, 9) == distance(b, a, 9)


@pytest.mark.parametrize(
    ("a", "b"),
    [("rumatoyd", "rheumatoid"), ("sergery", "surgery"), ("nerv", "nerve"), ("stenosys", "stenosis"), ("injekshun", "injection"), ("fizio", "physio"), ("herneated", "herniated")],
)
def test_words_that_sound_alike_have_one_sound(a: str, b: str) -> None:
    assert sound(a) == sound(b)


@pytest.mark.parametrize(("a", "b"), [("lupus", "lumps"), ("strain", "sprain"), ("neck", "back"), ("pinched", "punctured"), ("disc", "risk")])
def test_words_that_sound_different_have_different_sounds(a: str, b: str) -> None:
    assert sound(a) != sound(b)


@pytest.fixture(scope="module")
def speller() -> Speller:
    words = ["lupus", "nerve", "stenosis", "sprain", "strain", "slipped", "disc", "neck"]
    return Speller(words, {*words, "pain", "never", "not", "no", "pinched"})


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("lupsu", ("lupus",)), ("nreve", ("nerve",)), ("stennosis", ("stenosis",)), ("slippd", ("slipped",)), ("slippeddisc", ("slipped", "disc")), ("neckpain", ("neck", "pain")),
        ("lupus", ()), ("never", ()), ("not", ()), ("no", ()), ("pinched", ()), ("xylophone", ()), ("x", ()), ("", ()), ("123", ()), ("c5", ()), ("a" * 26, ()), ("нерв", ()),
    ],
)  # fmt: skip
def test_a_misspelt_word_is_repaired_and_any_other_left_alone(typed: str, wanted: tuple[str, ...], speller: Speller) -> None:
    assert speller.repair(typed) == wanted


def test_of_two_words_equally_near_the_more_important_is_taken() -> None:
    assert Speller(["sprain", "strain"], ()).repair("srain") == ("sprain",)
    assert Speller(["strain", "sprain"], ()).repair("srain") == ("strain",)


@given(st.text(max_size=30))
def test_any_word_can_be_asked_and_the_answer_is_of_the_vocabulary(word: str) -> None:
    speller = Speller(["lupus", "nerve", "stenosis", "disc"], {"pain"})
    assert set(speller.repair(word)) <= {"lupus", "nerve", "stenosis", "disc", "pain"}
    assert speller.repair(word) == speller.repair(word)


def topics_of(bot: Bot, message: str) -> set[str]:
    stems = [word.stem for token in message.split() for word in bot.lexicon.read(token)]
    return {match.name.id for match in bot.lexicon.matcher.find(stems) if match.name.kind == "topic"}


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("ostioarthritis", "osteoarthritis"), ("osteoarthritus", "osteoarthritis"), ("osteoarthrits", "osteoarthritis"), ("oesteoarthritis", "osteoarthritis"),
        ("rumatoid arthritis", "rheumatoid"), ("rheumatiod artritis", "rheumatoid"), ("rhumatoid arthritus", "rheumatoid"), ("reumatoid arthiritis", "rheumatoid"),
        ("lupis", "lupus"), ("lupos", "lupus"), ("luppus", "lupus"), ("lupsu", "lupus"),
        ("degenrative disc diseese", "degenerative-disc"), ("degenerativ disk disease", "degenerative-disc"), ("degenarative disc disase", "degenerative-disc"),
        ("spinal stinosis", "stenosis"), ("spinal stenosys", "stenosis"), ("spianl stenosis", "stenosis"), ("spinal stenossis", "stenosis"),
        ("muscle strian", "strain"), ("spraned", "strain"), ("a sprian", "strain"),
        ("hernated disc", "herniated-disc"), ("hernaited disk", "herniated-disc"), ("herniatd disc", "herniated-disc"), ("slippd disc", "herniated-disc"),
        ("pinchd nerve", "pinched-nerve"), ("pinced nerve", "pinched-nerve"), ("traped nerve", "pinched-nerve"), ("pinched nervs", "pinched-nerve"),
        ("wiplash", "whiplash"), ("whiplsh", "whiplash"), ("whiplahs", "whiplash"), ("wiplach", "whiplash"),
        ("surgary", "surgery"), ("sergery", "surgery"), ("tracton", "traction"), ("neck tracktion", "traction"), ("injecton", "injections"), ("inyections", "injections"),
        ("medecine", "medication"), ("painkilers", "medication"), ("fisiotherapy", "physio"), ("physotherapy", "physio"), ("soft coller", "collar"), ("bone spurrs", "bone-spurs"),
    ],
)  # fmt: skip
def test_the_article_s_subjects_are_found_however_they_are_misspelt(message: str, topic: str, bot: Bot) -> None:
    assert topic in topics_of(bot, message)


@pytest.mark.parametrize("word", ["no", "not", "nor", "never", "without", "none", "neither", "nothing", "hardly", *sorted(NEGATORS)])
def test_a_negation_is_never_repaired_away(word: str, bot: Bot) -> None:
    """"No numbness" read as anything else raises a false alarm, or hides a real one."""
    assert [read.read for read in bot.lexicon.read(word)] == [word]


@pytest.mark.parametrize("token", ["can't", "cant", "don't", "dont", "isn't", "wont", "haven't", "cannot", "cannae"])
def test_a_negation_inside_a_contraction_is_kept(token: str, bot: Bot) -> None:
    assert "not" in [read.read for read in bot.lexicon.read(token)]


@example(word="noan")
@example(word="nither")
@given(word=st.text(st.sampled_from("nothevrsad"), min_size=3, max_size=9))
def test_no_repair_puts_a_negation_in(bot: Bot, word: str) -> None:
    """Read "noan" as "non", and what follows is taken as denied."""
    for read in bot.lexicon.speller.repair(word):
        assert read not in NEGATORS or read in word, f"{word!r} was read with {read!r}"


@pytest.mark.parametrize(
    "name",
    """osteoporosis osteomyelitis osteopenia scoliosis kyphosis lordosis spondylitis spondylolisthesis fibromyalgia polymyalgia meningitis gout bursitis tendonitis tendinitis sclerosis
    leukemia lymphoma thrombosis fracture migraine shingles psoriasis endometriosis diverticulitis cirrhosis neuropathy myelopathy myelitis neuritis cystitis prostatitis pancreatitis
    appendicitis myeloma sarcoma metastasis tuberculosis brucellosis sepsis encephalitis sarcoidosis vasculitis dystonia torticollis costochondritis coccydynia piriformis sacroiliitis
    plantar fasciitis carpal epilepsy asthma diabetes pneumonia stroke aneurysm angina hepatitis colitis crohns celiac eczema""".split(),
)  # fmt: skip
def test_a_condition_that_is_not_in_the_article_is_not_turned_into_one_that_is(name: str, bot: Bot) -> None:
    """Asked about osteoporosis, an answer about osteoarthritis would be a wrong answer given with confidence."""
    assert [read.read for read in bot.lexicon.read(name)] == [name]


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_one_slip_never_turns_a_condition_s_name_into_another_s(name: str, bot: Bot, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    slip = data.draw(st.sampled_from([name[:at] + letter + name[at:], name[:at] + name[at + 1 :], name[:at] + letter + name[at + 1 :], name[:at] + name[at : at + 2][::-1] + name[at + 2 :]]))
    read = " ".join(found.read for found in bot.lexicon.read(slip))
    assert not [other for other in NAMES if other != name and other in read], f"{slip!r} was read as {read!r}"


def test_the_words_of_every_topic_are_read_as_they_are_written(bot: Bot) -> None:
    wrong = {}
    for rule in bot.rules["topics"].values():
        for wording in rule.words:
            for word in wording.text.lower().replace("/", " ").replace("-", " ").replace("...", " ").split():
                if word.isalpha() and (changed := bot.lexicon.speller.repair(word)):
                    wrong[word] = changed
    assert not wrong
