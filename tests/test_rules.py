"""`intents.yaml`: what is right is read as written, and every fault is named with its line, all at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spinebot import Bot, RulesError
from spinebot.rules import LEVELS, PHRASES, REQUIRED_CAVEATS, SECTIONS, Rules, load_rules, suggestion

Read = Callable[[str], Rules]


def faults_of(read: Read, text: str) -> list[tuple[int, str]]:
    with pytest.raises(RulesError) as caught:
        read(text)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def line_of(text: str, needle: str) -> int:
    """The line on which `needle` stands; 0 for "", which stands for faults of the whole file."""
    if not needle:
        return 0
    assert text.count(needle) == 1, f"{needle!r} must stand exactly once"
    return text.count("\n", 0, text.index(needle)) + 1


def test_a_file_without_a_fault_is_read_as_it_is_written(read_rules: Read, small_rules: str) -> None:
    rules = read_rules(small_rules)
    assert set(SECTIONS) == set(rules.sections)
    lupus = rules["topics"]["lupus"]
    assert (lupus.id, lupus.section, lupus.text("label"), lupus.ids("caveats"), lupus.flag("general")) == ("lupus", "topics", "lupus", ("lupus",), False)
    assert lupus.line == line_of(small_rules, "  lupus:\n    label")
    assert rules["topics"]["back-pain"].flag("general")
    answer = rules["answers"]["lupus-back"]
    assert answer.ids("about") == ("lupus", "back-pain")
    first = line_of(small_rules, "Lupus can\n")
    assert answer.values["quote"] == (("Lupus can", first), ("It has to be", first + 1))
    assert answer.text("missing") == "" and answer.ids("missing") == () and not answer.flag("missing")
    assert rules["red_flags"]["cauda-equina"].text("read") == "2026-11-22"
    assert list(rules["caveats"]) == list(REQUIRED_CAVEATS)


def test_wordings_keep_their_text_their_line_and_all_their_alternatives(read_rules: Read, small_rules: str) -> None:
    words = read_rules(small_rules)["topics"]["lupus"].words
    line = line_of(small_rules, "sle, butterfly")
    assert [(" ".join(wording.stems), wording.text, wording.line) for wording in words] == [
        ("lupus", "lupus", line - 1),
        ("sle", "sle", line),
        ("butterfli diseas", "butterfly/wolf disease", line),
        ("wolf diseas", "butterfly/wolf disease", line),
    ]


def test_fixed_sentences_are_filled_in(read_rules: Read, small_rules: str) -> None:
    rules = read_rules(small_rules)
    for name, blank in PHRASES.items():
        assert rules.phrase(name, **({blank: "this"} if blank else {})) == ("said this" if blank else "said")


FAULTS = {
    # unknown names, with the name that was meant
    "unknown section": ("bot:\n", "botts: 1\nbot:\n", [("botts", "unknown section 'botts' (did you mean 'bot'?)")]),
    "unknown section like no other": ("bot:\n", "xyzzy: 1\nbot:\n", [("xyzzy", "unknown section 'xyzzy'")]),
    "unknown key": ("    label: lupus\n", "    label: lupus\n    wordz: sle\n", [("wordz", "topics.lupus: unknown key 'wordz' (did you mean 'words'?)")]),
    "unknown key like no other": ("    label: lupus\n", "    label: lupus\n    qqq: sle\n", [("qqq", "known are label, words")]),
    "misspelt caveats key": ("caveats: [lupus]", "caveat: [lupus]", [("caveat: [lupus]", "unknown key 'caveat' (did you mean 'caveats'?)")]),
    "unknown phrase": ("  source: \"said", "  sauce: said\n  source: \"said", [("sauce", "unknown phrase 'sauce' (did you mean 'source'?)")]),
    # references
    "misspelt caveat": ("caveats: [lupus]", "caveats: [lupsu]", [("lupsu", "caveat 'lupsu' is not defined (did you mean 'lupus'?)")]),
    "unknown caveat of an aim": ("caveats: [diagnosis]", "caveats: [xyzzy]", [("xyzzy", "caveat 'xyzzy' is not defined, named by aims.diagnosis")]),
    "unknown topic": ("about: [lupus, back-pain]", "about: [lupus, beck-pain]", [("beck-pain", "topic 'beck-pain' is not defined (did you mean 'back-pain'?)")]),
    "unknown aspect": ("asks: [cause]", "asks: [causes]", [("asks: [causes]", "aspect 'causes' is not defined (did you mean 'cause'?)")]),
    "unknown sign in one sentence": ("numb-saddle + no-bladder", "numb-sadle + no-bladder", [("numb-sadle", "the sign 'numb-sadle' is not defined (did you mean 'numb-saddle'?)")]),
    "unknown sign anywhere": ("no-bladder & numb-saddle", "no-bladder & xyzzy", [("xyzzy", "red_flags.cauda-equina: the sign 'xyzzy' is not defined")]),
    "unknown sign that must be absent": ("no-bladder & numb-saddle", "no-bladder & !xyzzy", [("xyzzy", "the sign 'xyzzy' is not defined")]),
    "a condition with a loose end": ("no-bladder & numb-saddle", "no-bladder & ", [("no-bladder & \n", "the sign '' is not defined")]),
    "a condition that always holds": ("no-bladder & numb-saddle", "!no-bladder & !numb-saddle", [("!no-bladder", "names only signs that must be absent")]),
    "unknown level": ("level: emergency", "level: emergancy", [("emergancy", "'emergancy' is not one of emergency, crisis, soon (did you mean 'emergency'?)")]),
    # what must be there
    "required caveat missing": ("  traction:\n    text: Beware of traction.\n", "", [("", "the caveat 'traction' is not defined: no bot starts without it")]),
    "required caveat misspelt": ("  dosage:\n", "  dosaje:\n", [("", "the caveat 'dosage' is not defined")]),
    "section missing": ("outside:\n  price:\n    label: prices\n    words: price\n", "", [("", "the section 'outside' is missing")]),
    "section empty": ("  greeting:\n    reply: Hello.\n    words: hello\n", "", [("chat:", "'chat' must be a mapping with at least one entry")]),
    "section a list": ("  greeting:\n    reply: Hello.\n    words: hello\n", "  - hello\n", [("chat:", "'chat' must be a mapping")]),
    "key missing": ("    label: lupus\n", "", [("  lupus:\n    caveats", "topics.lupus has no 'label'")]),
    "no numbers for anywhere": ("  default:\n", "  uk:\n", [("", "numbers has no 'default'")]),
    "phrase missing": ("  far: said\n", "", [("phrases:", "the phrase 'far' is missing")]),
    "advice missing": ("    advice: Go now.\n", "", [("  cauda-equina:", "red_flags.cauda-equina has no 'advice'")]),
    # values of the wrong kind
    "an entry that is text": ("  price:\n    label: prices\n    words: price\n", "  price: prices\n", [("  price: prices", "outside.price must be a mapping with label, words")]),
    "an entry that is empty": ("  price:\n    label: prices\n    words: price\n", "  price:\n", [("  price:", "outside.price must be a mapping")]),
    "a list for text": ("label: prices", "label: [prices]", [("[prices]", "outside.price: 'label' must be text")]),
    "nothing for text": ("label: prices", "label:", [("label:\n    words: price", "outside.price: 'label' must be text")]),
    "blanks for text": ("label: prices", "label: '  '", [("label: '  '", "outside.price: 'label' must be text")]),
    "yes for text": ("words: hello", "words: yes", [("words: yes", "chat.greeting: 'words' must be text")]),
    "text for a flag": ("general: true", "general: perhaps", [("perhaps", "topics.back-pain: 'general' is true or false")]),
    "text for a list": ("caveats: [diagnosis]", "caveats: diagnosis", [("caveats: diagnosis", "'caveats' must be a list of ids")]),
    "a list of lists": ("asks: [cause]", "asks: [[cause]]", [("[[cause]]", "'asks' must be a list of ids")]),
    "an answer about nothing": ("about: [lupus, back-pain]", "about: []", [("about: []", "answers.lupus-back")]),
    "braces that nothing fills": ("  far: said\n", "  far: said {subject}\n", [("said {subject}\n  diagnosis", "nothing is filled in here")]),
    "braces with another name": ("  source: \"said {source}\"", "  source: \"said {sauce}\"", [("sauce", "{source} is filled in here")]),
    "an open brace": ("  far: said\n", "  far: 'said {'\n", [("said {'", "the phrase 'far' has braces")]),
    "braces that look into values": ("  far: said\n", "  far: 'said {0.x}'\n", [("{0.x}", "the phrase 'far' has braces")]),
    # wordings that can't match
    "a wording of marks": ("words: price", "words: 'price, ???'", [("???", "outside.price: the wording '???' can't match: it has '???', which holds no word")]),
    "a wording that begins with a gap": ("words: price", "words: ... price", [("... price", "begins or ends with '...'")]),
    "a wording that ends with a gap": ("words: price", "words: price ...", [("price ...", "begins or ends with '...'")]),
    "a wording of a gap": ("words: price", "words: price, ...", [("price, ...", "begins or ends with '...'")]),
    "a wording with two gaps": ("words: price", "words: price ... ... of", [("... ... of", "'...' twice in a row")]),
    "a wording with an empty alternative": ("words: price", "words: price/", [("price/", "holds no word")]),
    "a wording with too many alternatives": ("words: price", "words: a/b/c a/b/c a/b/c a/b/c x", [("a/b/c x", "more than 64 alternatives")]),
    "a wording on a later line": ("      sle, butterfly", "      sle, butter\n      ok, ???, butterfly", [("???", "topics.lupus: the wording '???'")]),
    "commas and no wording": ("words: price", "words: ','", [("words: ','", "outside.price")]),
    "no wording for a sign": ("words: numb saddle", "words: ' , '", [("words: ' , '", "signs.numb-saddle")]),
    # YAML itself
    "key twice": ("  price:\n", "  price:\n    label: x\n    words: y\n  price:\n", [("  price:\n    label: prices", "'price' stands here a second time")]),
    "caveat key twice": ("    label: lupus\n", "    label: lupus\n    caveats: []\n", [("caveats: [lupus]", "'caveats' stands here a second time")]),
    "no YAML": ("    label: lupus\n", "    label: lupus: sle\n", [("lupus: sle", "is not YAML")]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_on_its_line_and_nothing_else_is_said(name: str, read_rules: Read, small_rules: str) -> None:
    old, new, wanted = FAULTS[name]
    assert small_rules.count(old) == 1, "the replaced text must stand exactly once"
    text = small_rules.replace(old, new)
    found = faults_of(read_rules, text)
    assert [line for line, _ in found] == [line_of(text, needle) for needle, _ in wanted], found
    assert all(words in message for (_, message), (_, words) in zip(found, wanted, strict=True)), found


def test_all_faults_come_at_once_in_the_order_of_the_file(read_rules: Read, small_rules: str) -> None:
    """One fault a run would make twenty runs of twenty faults."""
    text = small_rules
    edits = [
        ("label: lupus", "lable: lupus"), ("caveats: [lupus]", "caveats: [lupsu]"), ("general: true", "general: 1"), ("words: price", "words: ???"),
        ("numb-saddle + no-bladder", "numb + no-bladder"), ("level: emergency", "level: now"), ("text: Beware of dosage.", "text: []"),
    ]  # fmt: skip
    for old, new in edits:
        text = text.replace(old, new)
    found = faults_of(read_rules, text)
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    for words in ("'lable'", "has no 'label'", "'lupsu'", "'general'", "'???'", "'numb'", "'now'", "caveats.dosage: 'text'"):
        assert any(words in message for _, message in found), (words, found)


def test_a_missing_section_hides_no_other_fault(read_rules: Read, small_rules: str) -> None:
    text = small_rules.replace("outside:\n  price:\n    label: prices\n    words: price\n", "").replace("caveats: [lupus]", "caveats: [lupsu]")
    messages = [message for _, message in faults_of(read_rules, text)]
    assert any("'outside' is missing" in message for message in messages)
    assert any("'lupsu' is not defined" in message for message in messages)


def test_every_required_caveat_is_required(read_rules: Read, small_rules: str) -> None:
    """A bot that starts without one would leave out a safety note without a word."""
    assert {"general", "lupus", "surgery", "medication", "injections", "traction", "immobilization", "injury", "diagnosis", "dosage"} <= set(REQUIRED_CAVEATS)
    for caveat in REQUIRED_CAVEATS:
        text = small_rules.replace(f"  {caveat}:\n    text: Beware of {caveat}.\n", f"  {caveat}-x:\n    text: Beware of {caveat}.\n")
        assert any(f"the caveat {caveat!r} is not defined" in message for _, message in faults_of(read_rules, text))


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n", "just text\n", "12\n"])
def test_a_file_that_holds_no_sections_is_refused(text: str, read_rules: Read) -> None:
    assert "mapping of sections" in faults_of(read_rules, text)[0][1]


def test_a_missing_file_and_one_that_is_no_text_are_rules_errors(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    with pytest.raises(RulesError, match="no such file"):
        load_rules(path)
    path.write_bytes(b"bot:\n  name: caf\xe9\n")
    with pytest.raises(RulesError, match=r"intents\.yaml:2: is not UTF-8"):
        load_rules(path)


def test_an_error_reads_one_line_a_fault_with_file_and_line(read_rules: Read, small_rules: str, tmp_path: Path) -> None:
    text = small_rules.replace("caveats: [lupus]", "caveats: [lupsu]").replace("general: true", "general: 1")
    with pytest.raises(RulesError) as caught:
        read_rules(text)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{tmp_path / 'intents.yaml'}:") for line in lines)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "wanted"), [("lupsu", " (did you mean 'lupus'?)"), ("surgry", " (did you mean 'surgery'?)"), ("xyzzy", ""), ("", "")]
)
def test_the_nearest_name_is_suggested_and_only_a_near_one(name: str, wanted: str) -> None:
    assert suggestion(name, ["lupus", "surgery", "traction"]) == wanted


def test_the_spine_bot_s_urgent_advice_is_complete(bot: Bot) -> None:
    """A red flag without a level, advice or source would leave a person in danger with nothing."""
    flags = bot.rules["red_flags"].values()
    assert {flag.text("level") for flag in flags} == set(LEVELS)
    for flag in flags:
        assert flag.values["when"] and flag.text("advice") and flag.text("source") and flag.text("not_alone"), flag.id
    numbers = bot.rules["numbers"]["default"]
    assert "112" in numbers.text("emergency") and "988" in numbers.text("crisis") and numbers.text("urgent")
