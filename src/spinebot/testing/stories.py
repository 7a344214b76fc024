"""Rasa's test stories, read as drafts of scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..errors import Fault
from ..yamlfile import Node
from .botium import Draft

#: `[Berlin](city)` and `[Berlin]{"entity": "city"}`: the words alone were said.
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
_SLOT = re.compile(r"\{\w+\}")
_SILENT = ("action_listen", "action_restart", "action_default_fallback", "action_session_start")


def is_rasa(root: Node) -> bool:
    """Whether a YAML file is one of Rasa's."""
    return any(root.get(key) is not None for key in ("stories", "responses", "nlu", "rules", "intents"))


def responses_of(root: Node) -> Iterator[tuple[str, list[str]]]:
    """What a domain's actions say: name, texts that are chosen from."""
    for name, node in (root.get("responses") or Node(None, 0)).items():
        texts = [text.value for one in node.sequence() if (text := one.get("text")) is not None and isinstance(text.value, str)]
        if texts:
            yield name, texts


def read_stories(root: Node, path: str, responses: Mapping[str, list[str]], notes: list[Fault]) -> list[Draft]:
    """The stories of a file; what can't be carried over is added to `notes`."""
    drafts = []
    for key in ("stories", "rules"):
        for node in (root.get(key) or Node(None, 0)).sequence():
            draft = _Story(path, responses, notes).read(node)
            if draft.steps:
                drafts.append(draft)
            else:
                notes.append(Fault(path, node.line, f"{draft.name!r} is left out: no user's words stand in it"))
    return drafts


class _Story:
    """Reads one story."""

    def __init__(self, path: str, responses: Mapping[str, list[str]], notes: list[Fault]) -> None:
        self._path = path
        self._responses = responses
        self._notes = notes

    def read(self, node: Node) -> Draft:
        name = node.get("story") or node.get("rule")
        draft = Draft(" ".join(str(name.value).split()) if name else f"story of line {node.line}")
        for step in (node.get("steps") or Node(None, 0)).sequence():
            self._step(draft, step)
        return draft

    def _note(self, line: int, message: str) -> None:
        self._notes.append(Fault(self._path, line, message))

    def _step(self, draft: Draft, step: Node) -> None:
        if (user := step.get("user")) is not None and isinstance(user.value, str):
            said = " ".join(_ENTITY.sub(r"\1", user.value).split()) if "\n" not in user.value.strip() else _ENTITY.sub(r"\1", user.value).strip()
            draft.steps.append({"user": said})
            if (intent := step.get("intent")) is not None:
                _expects(draft.steps[-1])["intent"] = str(intent.value).removeprefix("/")
            if step.get("entities") is not None or said != user.value.strip():
                self._note(user.line, "entities are left out: a script has the words alone")
        elif step.get("intent") is not None:
            self._note(step.line, f"the intent {step.get('intent').value!r} is left out: no user's words stand beside it")  # type: ignore[union-attr]
        elif (action := step.get("action")) is not None:
            self._action(draft, str(action.value), action.line)
        elif (bot := step.get("bot")) is not None and isinstance(bot.value, str):
            self._said(draft, [bot.value], bot.line)
        else:
            kinds = ", ".join(key for key, _ in step.items()) or "a step that is no mapping"
            self._note(step.line, f"{kinds} is left out: a script has no such step")

    def _action(self, draft: Draft, name: str, line: int) -> None:
        if name in self._responses:
            self._said(draft, self._responses[name], line)
        elif name not in _SILENT:
            self._note(line, f"the action {name!r} is left out: give the domain file with its texts too, or write what it 'says'")

    def _said(self, draft: Draft, texts: list[str], line: int) -> None:
        if not draft.steps:
            return self._note(line, "what the bot says before the user does is left out: a step begins with 'user'")
        expect = _expects(draft.steps[-1])
        known = expect.setdefault("says", [])
        assert isinstance(known, list)
        known.append(_pattern(texts))
        return None


def _expects(step: dict[str, object]) -> dict[str, object]:
    found = step.setdefault("expect", {})
    assert isinstance(found, dict)
    return found


def _pattern(texts: list[str]) -> str:
    """What any of the texts is found by; a slot in them stands for anything."""
    if len(texts) == 1 and not _SLOT.search(texts[0]):
        return " ".join(texts[0].split())
    each = [r".*".join(r"\s+".join(map(re.escape, part.split())) for part in re.split(r"\s*\{\w+\}\s*", text)) for text in texts]
    return "/" + (each[0] if len(each) == 1 else "|".join(f"(?:{one})" for one in each)) + "/"
