"""Load `intents.yaml`: every fault at once, unknown keys refused, wordings parsed.

`SECTIONS` says what the file may hold; the loader, the JSON Schema and `spinebot check` all read it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from .errors import Fault, RulesError, SpinebotError
from .matcher import parse_wording
from .yamlfile import Node, load_text, parse_yaml

#: The caveats without which no bot starts: CONTRACT-fixed ids that measurements and channels rely on.
REQUIRED_CAVEATS = ("general", "lupus", "surgery", "medication", "injections", "traction", "immobilization", "injury", "diagnosis", "dosage")
LEVELS = ("emergency", "crisis", "soon")


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an entry. `kind`: text, words, lines, flag, or ids:SECTION (a list of ids of that section)."""

    kind: str
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One top-level key: a mapping of ids to entries, or, if `single`, one entry; a folder can do without it if `optional`."""

    about: str
    fields: Mapping[str, Field]
    single: bool = False
    optional: bool = False


_WORDS = Field("words", "what people say: wordings separated by commas, on one or more lines", required=True)

SECTIONS: dict[str, Section] = {
    "bot": Section("who the bot is", {
        "name": Field("text", "its name", True),
        "subject": Field("text", "what its articles are about, as in 'I can answer questions on ...'", True),
    }, single=True),
    "topics": Section("what a message can be about", {
        "label": Field("text", "its name, shown to the user", True),
        "words": _WORDS,
        "caveats": Field("ids:caveats", "caveats that talk of it calls for"),
        "condition": Field("flag", "true: an illness or injury, which someone can ask whether they have"),
        "kind_of": Field("ids:topics", "the wider topic that it is a kind of"),
        "side": Field("flag", "true: it can be a side of a comparison"),
        "general": Field("flag", "true: the subject of the whole article, which alone says little about what is asked"),
        "at_risk": Field("flag", "true: an illness with which a treatment that is withheld can do harm"),
        "unguessed": Field("flag", "true: an illness that nobody can guess from an ache: not spoken of to who only asks what they have"),
        "withheld": Field("flag", "true: a treatment that could do harm before a doctor has looked: not spoken of while urgent advice holds"),
    }),
    "aspects": Section("what can be asked about a topic", {
        "words": _WORDS,
    }),
    "answers": Section("what the article answers", {
        "ask": Field("text", "the question in the bot's words, offered as a suggestion", True),
        "quote": Field("lines", "the beginnings of the sentences that answer it, one a line", True),
        "about": Field("ids:topics", "its topics, the main one first", True),
        "asks": Field("ids:aspects", "the aspects that it answers", True),
        "clues": Field("words", "wordings that point to this answer and few others"),
        "list": Field("flag", "true: shown as a list, one quote a line"),
    }),
    "outside": Section("close subjects that the article does not cover", {
        "label": Field("text", "its name, shown to the user", True),
        "words": _WORDS,
        "whoever": Field("flag", "true: those of whom nothing is said, whatever is asked of them"),
    }),
    "chat": Section("small talk, with fixed replies", {
        "reply": Field("text", "what is said, as it stands", True),
        "courtesy": Field("flag", "true: said beside a question, it does not make small talk of that"),
        "words": _WORDS,
    }),
    "aims": Section("what a message wants of the bot beyond an answer", {
        "words": _WORDS,
        "caveats": Field("ids:caveats", "caveats that it calls for"),
        "leaves_out": Field("ids:topics", "the topics that it wants nothing of"),
    }),
    "caveats": Section("the safety notes", {
        "text": Field("text", "what is said", True),
        "words": Field("words", "wordings that call for it, in a message or in an answer"),
        "of_message": Field("flag", "true: what the user says calls for it, not what an answer says"),
    }),
    "signs": Section("warning signs as people put them: the words of the red flags", {"words": _WORDS}),
    "red_flags": Section("conditions that need help now or soon", {
        "name": Field("text", "its name, for clinicians", True),
        "level": Field("text", f"one of {', '.join(LEVELS)}", True),
        "when": Field("lines", "any of these lines is enough: signs joined by + (in one sentence) and & (anywhere)", True),
        "not_alone": Field("text", "what by itself does not trigger it", True),
        "caveats": Field("ids:caveats", "caveats that it calls for"),
        "advice": Field("text", "what the person should do, in two or three sentences", True),
        "source": Field("text", "where that is from", True),
        "read": Field("text", "the date on which the source was read", True),
    }),
    "risks": Section("what someone has with which a treatment can do harm", {
        "label": Field("text", "its name, shown to the user", True),
        "words": _WORDS,
    }, optional=True),
    "contexts": Section("words that change what a warning sign means", {"words": _WORDS}),
    "numbers": Section("whom to call, by country", {
        "emergency": Field("text", "emergency services", True),
        "urgent": Field("text", "urgent medical advice"),
        "crisis": Field("text", "a crisis line"),
    }),
    "phrases": Section("the bot's fixed sentences", {}, single=True),
}

#: The fixed sentences that the code says, and what is put in for the names in braces.
PHRASES = {
    "no_answer": "", "outside": "subject", "far": "", "diagnosis": "", "dosage": "", "nearby": "subject", "no_more": "subject",
    "claim": "", "quotes_on": "subject", "source": "source", "corrected": "words", "empty": "", "if_now": "", "other_person": "", "taken_back": "",
    "see_doctor": "", "still": "",
    "still_crisis": "", "no_question": "", "unsuited": "risk",
}

Entry = dict[str, object]


class Wording(NamedTuple):
    """One wording of an entry: its stems, what it was written as, and its line."""

    stems: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of any section: `values` holds its fields, `words` its parsed wordings (also of `clues`)."""

    section: str
    id: str
    line: int
    values: Mapping[str, object]
    words: tuple[Wording, ...] = ()

    def text(self, key: str) -> str:
        """A text field, "" where it is left out."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def ids(self, key: str) -> tuple[str, ...]:
        """A list field, () where it is left out."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else ()

    def flag(self, key: str) -> bool:
        """A true/false field, False where it is left out."""
        return self.values.get(key) is True


@dataclass(frozen=True, slots=True)
class Rules:
    """All of `intents.yaml`: section → id → rule, in the order of the file."""

    path: str
    sections: Mapping[str, Mapping[str, Rule]]

    def __getitem__(self, section: str) -> Mapping[str, Rule]:
        return self.sections[section]

    def phrase(self, name: str, **values: str) -> str:
        """A fixed sentence with its braces filled in."""
        return self.sections["phrases"]["phrases"].text(name).format_map(values)


def load_rules(path: Path) -> Rules:
    """`intents.yaml`, checked within itself.

    Raises RulesError with every fault that was found, each with its line.
    """
    try:
        root = parse_yaml(load_text(path), str(path))
    except SpinebotError as error:
        raise RulesError(*error.faults) from None
    return _Reader(str(path)).read(root)


def suggestion(name: str, known: Iterable[str]) -> str:
    """" (did you mean 'lupus'?)", or "" where nothing known is like `name`."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


class _Reader:
    """Reads one file, collecting its faults."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        #: (section.entry, key, value) → the line it stands on.
        self.lines: dict[tuple[str, str, str], int] = {}

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.path, line, message))

    def read(self, root: Node) -> Rules:
        if not isinstance(root.value, dict):
            raise RulesError(Fault(self.path, root.line, "must be a mapping of sections: bot, topics, aspects, answers, ..."))
        for name, node in root.items():
            if name not in SECTIONS:
                self.fault(node.line, f"unknown section {name!r}{suggestion(name, SECTIONS)}")
        sections: dict[str, dict[str, Rule]] = {}
        for name, section in SECTIONS.items():
            section_node = root.get(name)
            if section_node is not None:
                sections[name] = self._section(name, section, section_node)
            elif section.optional:
                sections[name] = {}
            else:
                self.fault(0, f"the section {name!r} is missing: {section.about}")
        self._references(sections)
        if self.faults:
            raise RulesError(*self.faults)
        return Rules(self.path, sections)

    def _section(self, name: str, section: Section, node: Node) -> dict[str, Rule]:
        if not isinstance(node.value, dict) or not node.value:
            self.fault(node.line, f"{name!r} must be a mapping with at least one entry")
            return {}
        if name == "phrases":
            return {"phrases": self._phrases(node)}
        if section.single:
            return {name: self._entry(name, name, section, node)}
        return {entry_id: self._entry(name, entry_id, section, entry) for entry_id, entry in node.items()}

    def _phrases(self, node: Node) -> Rule:
        values: Entry = {}
        for name, child in node.items():
            if name not in PHRASES:
                self.fault(child.line, f"unknown phrase {name!r}{suggestion(name, PHRASES)}")
            elif not isinstance(child.value, str):
                self.fault(child.line, f"the phrase {name!r} must be text")
            else:
                filled = {PHRASES[name]: "x"} if PHRASES[name] else {}
                try:
                    child.value.format_map(filled)
                except (KeyError, ValueError, IndexError):
                    known = f"{{{PHRASES[name]}}} is filled in" if PHRASES[name] else "nothing is filled in"
                    self.fault(child.line, f"the phrase {name!r} has braces that can't be filled in: {known} here")
                values[name] = child.value
        for name in PHRASES:
            if name not in values:
                self.fault(node.line, f"the phrase {name!r} is missing")
        return Rule("phrases", "phrases", node.line, values)

    def _entry(self, section_name: str, entry_id: str, section: Section, node: Node) -> Rule:
        values: Entry = {}
        words: list[Wording] = []
        where = f"{section_name}.{entry_id}"
        if not isinstance(node.value, dict):
            self.fault(node.line, f"{where} must be a mapping with {', '.join(section.fields)}")
            return Rule(section_name, entry_id, node.line, values)
        for key, child in node.items():
            field = section.fields.get(key)
            if field is None:
                self.fault(child.line, f"{where}: unknown key {key!r}{suggestion(key, section.fields) or ': known are ' + ', '.join(section.fields)}")
            elif field.kind == "flag":
                if not isinstance(child.value, bool):
                    self.fault(child.line, f"{where}: {key!r} is true or false")
                values[key] = child.value is True
            elif field.kind.startswith("ids:"):
                values[key] = self._ids(where, key, child)
            elif not isinstance(child.value, (str, int, float, date)) or isinstance(child.value, bool) or not str(child.value).strip():
                self.fault(child.line, f"{where}: {key!r} must be text")
            elif field.kind == "words":
                before = len(self.faults)
                found = list(self._wordings(where, child))
                if not found and len(self.faults) == before:
                    self.fault(child.line, f"{where}: {key!r} holds no wording, so it could never match")
                words += found
            elif field.kind == "lines":
                values[key] = tuple((line.strip(), child.line + at) for at, line in enumerate(str(child.value).splitlines()) if line.strip())
            else:
                values[key] = str(child.value).strip()
                self.lines[where, key, str(child.value).strip()] = child.line
        for key, field in section.fields.items():
            if field.required and key not in node.value:
                self.fault(node.line, f"{where} has no {key!r}: {field.about}")
        return Rule(section_name, entry_id, node.line, values, tuple(words))

    def _ids(self, where: str, key: str, node: Node) -> tuple[str, ...]:
        if not isinstance(node.value, tuple) or not all(isinstance(child.value, str) for child in node.value):
            self.fault(node.line, f"{where}: {key!r} must be a list of ids, such as [lupus, surgery]")
            return ()
        if not node.value:
            self.fault(node.line, f"{where}: {key!r} names nothing")
        for child in node.value:
            self.lines[where, key, str(child.value)] = child.line
        return tuple(str(child.value) for child in node.value)

    def _wordings(self, where: str, node: Node) -> Iterable[Wording]:
        for at, line in enumerate(str(node.value).splitlines()):
            for text in line.split(","):
                if not text.strip():
                    continue
                try:
                    for sequence in parse_wording(text.strip()):
                        yield Wording(tuple(sequence), text.strip(), node.line + at)
                except ValueError as error:
                    self.fault(node.line + at, f"{where}: the wording {text.strip()!r} can't match: it {error}")

    def _references(self, sections: Mapping[str, Mapping[str, Rule]]) -> None:
        """What one section says of another: every id that is named must exist."""
        for name, section in SECTIONS.items():
            for rule in sections.get(name, {}).values():
                for key, field in section.fields.items():
                    if field.kind.startswith("ids:"):
                        target = field.kind[4:]
                        for wanted in rule.ids(key):
                            if target in sections and wanted not in sections[target]:
                                line = self.lines.get((f"{name}.{rule.id}", key, wanted), rule.line)
                                meant = suggestion(wanted, sections[target])
                                self.fault(line, f"{target.removesuffix('s')} {wanted!r} is not defined{meant}, named by {name}.{rule.id}")
        for caveat in REQUIRED_CAVEATS:
            if "caveats" in sections and caveat not in sections["caveats"]:
                self.fault(0, f"the caveat {caveat!r} is not defined: no bot starts without it")
        if "numbers" in sections and "default" not in sections["numbers"]:
            self.fault(0, "numbers has no 'default': whom to call where the country is not known")
        for flag in sections.get("red_flags", {}).values():
            level = flag.text("level")
            if level not in LEVELS:
                line = self.lines.get((f"red_flags.{flag.id}", "level", level), flag.line)
                self.fault(line, f"red_flags.{flag.id}: the level {level!r} is not one of {', '.join(LEVELS)}{suggestion(level, LEVELS)}")
            for condition, line in flag.values.get("when", ()):  # type: ignore[attr-defined]
                self._condition(flag.id, condition, line, sections.get("signs", {}))

    def _condition(self, flag_id: str, condition: str, line: int, signs: Mapping[str, Rule]) -> None:
        for group in condition.split("&"):
            for part in group.split("+"):
                sign = part.strip().removeprefix("!").strip()
                if signs and sign not in signs:
                    self.fault(line, f"red_flags.{flag_id}: the sign {sign!r} is not defined{suggestion(sign, signs)}")
        if all(part.strip().startswith("!") for part in condition.replace("+", "&").split("&")):
            self.fault(line, f"red_flags.{flag_id}: {condition!r} names only signs that must be absent, so it would always hold")
