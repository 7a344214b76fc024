"""Botium's conversations, `*.convo.txt`, read as drafts of scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..errors import Fault
from .patterns import pattern_of

#: Words that begin a line of Botium's own, for the user's side too: a message can't begin with them.
HOOKS = frozenset(
    "BUTTON MEDIA FORM PAUSE WAITFORBOT SET_SCRIPTING_MEMORY CLEAR_SCRIPTING_MEMORY ASSIGN_SCRIPTING_MEMORY UPDATE_CUSTOM SKIP_BOT_UNCONSUMED INCLUDE "
    "CONDITIONAL_STEP_TIME_BASED CONDITIONAL_STEP_BUSINESS_HOURS CONDITIONAL_STEP_CAPABILITY_VALUE_BASED CONDITIONAL_STEP_JSON_PATH_BASED "
    "CONVO_STEP_PARAMETERS ORDERED_LIST_TO_BUTTON".split()
)
#: A line that begins a section.
TAG = re.compile(r"#(me|bot|begin|end|include)(?: .*)?$")
#: An asserter by its shape: capitals, of two words or with arguments after it; "NHS" alone is a text.
_ASSERTER = re.compile(r"([A-Z]+(?:_[A-Z]+)+|BUTTONS|CARDS|MEDIA|FORMS|INTENT|ENTITIES|TEXT)(?: (.*))?$")
_TEXT = re.compile(r"TEXT(?:_(CONTAINS|WILDCARD|WILDCARDEXACT|REGEXP|EQUALS))?(?:_(ANY|ALL))?(?:_IC)?$")
_MEMORY = re.compile(r"\$\w+")


@dataclass(slots=True)
class Draft:
    """A conversation as a script's file holds it: `steps` are mappings with `user` and perhaps `expect`."""

    name: str
    steps: list[dict[str, object]] = field(default_factory=list)

    def values(self) -> dict[str, object]:
        """What stands under `conversations`."""
        return {"name": self.name, "steps": self.steps}


def read_convo(text: str, path: str, notes: list[Fault]) -> Draft:
    """The conversation of a file; what can't be carried over is added to `notes`."""
    return _Convo(path, notes).read(text)


class _Convo:
    """Reads one file."""

    def __init__(self, path: str, notes: list[Fault]) -> None:
        self._path = path
        self._notes = notes
        self._heard = False

    def read(self, text: str) -> Draft:
        sections = list(_sections(text))
        head = [line for _, lines in sections[:1] for line in lines]
        draft = Draft(head[0].strip() if head and head[0].strip() else self._path.rpartition("/")[2].removesuffix(".convo.txt"))
        if any(line.strip() for line in head[1:]):
            self.note(2, "the description is left out: a script has names alone")
        at = len(head) + 1
        for tag, lines in sections[1:]:
            self._section(draft, tag, lines, at)
            at += len(lines) + 1
        if not draft.steps:
            self.note(1, "has no #me with a text")
        return draft

    def note(self, line: int, message: str) -> None:
        self._notes.append(Fault(self._path, line, message))

    def _section(self, draft: Draft, tag: str, lines: list[str], at: int) -> None:
        if tag == "me":
            self._heard = False
            self._say(draft, lines, at)
        elif tag == "bot":
            if not draft.steps:
                if any(line.strip() for line in lines):
                    self.note(at, "what the bot says before #me is left out: this bot speaks when it is spoken to")
                return
            if self._heard:
                self.note(at, "a second #bot after one #me: this bot gives one message a turn, so all is looked for in that one")
            self._heard = True
            self._expect(draft.steps[-1], lines, at)
        else:
            self.note(at, f"#{tag} is left out: scripts share steps with 'shared' and 'use'" if tag == "include" else f"#{tag} is left out")

    def _say(self, draft: Draft, lines: list[str], at: int) -> None:
        said = []
        for number, line in enumerate(lines, at + 1):
            if line.split(" ")[0] in HOOKS:
                self.note(number, f"{line.split(' ')[0]} is left out: a script says texts alone")
            else:
                said.append(line)
                for name in _MEMORY.findall(line):
                    self.note(number, f"{name} stays as it is: write 'variables' or a 'table' and {{{name[1:]}}}")
        text = "\n".join(said).strip()
        if text:
            draft.steps.append({"user": text})
        else:
            self.note(at, "a #me without a text is left out")

    def _expect(self, step: dict[str, object], lines: list[str], at: int) -> None:
        expect: dict[str, list[str]] = {}
        plain: dict[bool, list[str]] = {False: [], True: []}
        for number, line in enumerate(lines, at + 1):
            if line.startswith("?") and not line.startswith("??"):
                self.note(number, "a line that may hold or not (?) is left out: it can't fail")
                continue
            negated = line.startswith("!") and not line.startswith("!!")
            line = line.lstrip("!?") if line.startswith(("!", "?")) else line
            found = _ASSERTER.match(line)
            if found:
                self._assert(expect, found[1], _arguments(found[2] or ""), negated, number)
            elif line.split(" ")[0] in HOOKS:
                self.note(number, f"{line.split(' ')[0]} is left out")
            elif line.strip():
                plain[negated].append(line.strip())
                for name in _MEMORY.findall(line):
                    self.note(number, f"{name} stays as it is: what Botium keeps from a reply can't be carried over")
        for negated, texts in plain.items():
            if texts:
                expect.setdefault("says_not" if negated else "says", []).append(_wild(" ".join(texts)))
        _add(step, expect)

    def _assert(self, expect: dict[str, list[str]], name: str, texts: list[str], negated: bool, line: int) -> None:
        if name == "BUTTONS" and texts and not negated:
            expect.setdefault("suggests", []).extend(texts)
        elif name == "INTENT" and len(texts) == 1 and not negated:
            expect["intent"] = texts
        elif (found := _TEXT.match(name)) and texts:
            how, many = found[1] or "EQUALS", found[2] or ("ALL" if found[1] == "CONTAINS" else "ANY")
            patterns = [_PATTERNS[how](text) for text in texts]
            # What must not be there is none of them, or not all of them at once.
            if (many == "ALL") == negated and len(patterns) > 1:
                patterns = [_one_of(texts, how, negated)]
            if all(map(_compiles, patterns)):
                expect.setdefault("says_not" if negated else "says", []).extend(patterns)
            else:
                self.note(line, f"{name} is left out: its regular expression is none here; write it anew")
        else:
            self.note(line, f"{'!' * negated}{name} is left out: a script has no such check")


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """The head (tag "") and every section, with its lines."""
    tag, lines = "", list[str]()
    for line in text.split("\n"):
        found = TAG.match(line)
        if found:
            yield tag, lines
            tag, lines = found[1], []
        else:
            lines.append(line.rstrip("\r"))
    yield tag, lines


def _arguments(text: str) -> list[str]:
    """`a|b` as two; `\\|` is a bar."""
    return [part.replace("\0", "|").strip() for part in text.replace("\\|", "\0").split("|") if part.strip()]


def _words(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split()))


def _wild(text: str) -> str:
    """A text in which a star stands for anything on its line."""
    if "*" not in text:
        return f"/{_words(text)}/" if text.startswith("/") and text.endswith("/") else text
    return "/" + ".*".join(_words(part) for part in text.split("*")) + "/"


def _whole(text: str) -> str:
    return rf"/\A\s*{_words(text)}\s*\Z/"


_PATTERNS: dict[str, Callable[[str], str]] = {
    "CONTAINS": lambda text: f"/{_words(text)}/" if text.startswith("/") and text.endswith("/") else text,
    "WILDCARD": _wild,
    "WILDCARDEXACT": lambda text: r"/\A\s*" + ".*".join(_words(part) for part in text.split("*")) + r"\s*\Z/",
    "EQUALS": _whole,
    "REGEXP": lambda text: f"/{text}/",
}


def _one_of(texts: list[str], how: str, negated: bool) -> str:
    """One pattern for any of several texts; negated, for all of them at once."""
    inner = [found[1:-1] if (found := _PATTERNS[how](text)).startswith("/") else _words(found) for text in texts]
    if negated:
        return r"/\A" + "".join(rf"(?=[\s\S]*?(?:{one}))" for one in inner) + "/"
    return "/" + "|".join(f"(?:{one})" for one in inner) + "/"


def _compiles(text: str) -> bool:
    try:
        pattern_of(text)
    except ValueError:
        return False
    return True


def _add(step: dict[str, object], expect: dict[str, list[str]]) -> None:
    """Put expectations on a step, beside those that it has; a list of one is written as that one."""
    known: dict[str, object] = dict(step["expect"]) if isinstance(step.get("expect"), dict) else {}  # type: ignore[call-overload]
    for key, texts in expect.items():
        before = known.get(key, [])
        every = list(dict.fromkeys([*(before if isinstance(before, list) else [before]), *texts]))
        known[key] = every[0] if len(every) == 1 else every
    if known:
        step["expect"] = known
