"""The JSON Schema of `*.chat.yaml`, for editors: built from the tables that the reader itself uses.

    python -m spinebot.testing.script_schema > chat.schema.json
"""

from __future__ import annotations

import json

from .script import CONVERSATION_KEYS, EXPECTATIONS, KINDS, LEVELS, STEP_KEYS, USE_KEYS
from .scriptfile import FILE_KEYS

Schema = dict[str, object]

#: The user may say nothing, and a cell be empty; all else says something.
_ANY_TEXT: Schema = {"type": ["string", "number"]}
_TEXT: Schema = {**_ANY_TEXT, "pattern": r"\S"}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_VALUES: dict[str, Schema] = {"text": _TEXT, "texts": _TEXTS, "patterns": _TEXTS, "number": {"type": "integer", "minimum": 0}}
_CHOICES = {"kind": KINDS, "urgent": LEVELS}
_ROW: Schema = {"type": "object", "minProperties": 1, "additionalProperties": _ANY_TEXT}
_STEPS: Schema = {"$ref": "#/$defs/steps"}

#: Key → what it takes, for keys that are no expectations.
_SHAPES: dict[str, Schema] = {
    "conversations": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/conversation"}},
    "shared": {"type": "object", "additionalProperties": _STEPS},
    "include": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
    "tags": {"anyOf": [{"$ref": "#/$defs/tag"}, {"type": "array", "items": {"$ref": "#/$defs/tag"}}]},
    "steps": _STEPS,
    "user": _ANY_TEXT,
    "variables": {"type": "object", "additionalProperties": _ANY_TEXT},
    "table": {"type": "array", "minItems": 1, "items": _ROW},
    "expect": {"$ref": "#/$defs/expect"},
}


def build_schema() -> Schema:
    """The schema of a whole file, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "*.chat.yaml",
        "description": "Scripted conversations: what a user says, and what must hold of each reply.",
        **_mapping(FILE_KEYS),
        "anyOf": [{"required": ["conversations"]}, {"required": ["shared"]}],
        "$defs": {
            "conversation": {**_mapping(CONVERSATION_KEYS), "required": ["name", "steps"]},
            "steps": {"type": "array", "minItems": 1, "items": {"anyOf": [
                {**_mapping(STEP_KEYS), "required": ["user"]},
                {**_mapping(USE_KEYS), "required": ["use"]},
            ]}},
            "expect": {"type": "object", "properties": {key: _expectation(key) for key in EXPECTATIONS}, "additionalProperties": False},
            "tag": {"type": "string", "pattern": r"^[^\W\d]\w*$"},
        },
    }  # fmt: skip


def schema_text() -> str:
    """The schema as `chat.schema.json` holds it."""
    return json.dumps(build_schema(), indent=2) + "\n"


def _mapping(keys: dict[str, str]) -> Schema:
    return {
        "type": "object",
        "properties": {key: {"description": about, **_SHAPES.get(key, _TEXT)} for key, about in keys.items()},
        "additionalProperties": False,
    }


def _expectation(key: str) -> Schema:
    kind, about = EXPECTATIONS[key]
    return {"description": about, **({"enum": list(_CHOICES[key])} if key in _CHOICES else _VALUES[kind])}


if __name__ == "__main__":
    print(schema_text(), end="")
