"""The JSON Schema of `intents.yaml`, for editors: built from the tables that the loader itself reads.

    python -m spinebot.schema > intents.schema.json
"""

from __future__ import annotations

import json

from .rules import LEVELS, PHRASES, REQUIRED_CAVEATS, SECTIONS, Field, Section

Schema = dict[str, object]

_TEXT: Schema = {"type": ["string", "number"], "pattern": r"\S"}
#: Ids that every bot has: offered by editors, and demanded where the section itself is written.
_REQUIRED_IDS = {"caveats": REQUIRED_CAVEATS, "numbers": ("default",)}


def build_schema() -> Schema:
    """The schema of a whole file, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "intents.yaml",
        "description": "All that a bot's maintainers may change without touching code.",
        "type": "object",
        "properties": {name: _section(name, section) for name, section in SECTIONS.items()},
        "required": [name for name, section in SECTIONS.items() if not section.optional],
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The schema as `intents.schema.json` holds it."""
    return json.dumps(build_schema(), indent=2) + "\n"


def _section(name: str, section: Section) -> Schema:
    if name == "phrases":
        return {"description": section.about, **_phrases()}
    if section.single:
        return {"description": section.about, **_entry(name, section)}
    schema: Schema = {"description": section.about, "type": "object", "minProperties": 1, "additionalProperties": _entry(name, section)}
    if name in _REQUIRED_IDS:
        required = _REQUIRED_IDS[name]
        schema["properties"] = {entry_id: {"$ref": f"#/properties/{name}/additionalProperties"} for entry_id in required}
        schema["required"] = [*required]
    return schema


def _entry(name: str, section: Section) -> Schema:
    return {
        "type": "object",
        "properties": {key: _field(name, key, field) for key, field in section.fields.items()},
        "required": [key for key, field in section.fields.items() if field.required],
        "additionalProperties": False,
    }


def _field(section: str, key: str, field: Field) -> Schema:
    about: Schema = {"description": field.about}
    if (section, key) == ("red_flags", "level"):
        return {**about, "enum": list(LEVELS)}
    if field.kind == "flag":
        return {**about, "type": "boolean"}
    if field.kind.startswith("ids:"):
        target = field.kind.removeprefix("ids:")
        known = _REQUIRED_IDS.get(target, ())
        return {**about, "type": "array", "items": {"type": "string", "description": f"an id of {target}", **({"examples": [*known]} if known else {})}}
    return {**about, **_TEXT}


def _phrases() -> Schema:
    properties: dict[str, Schema] = {}
    for name, filled in PHRASES.items():
        braces = rf"|\{{{filled}\}}" if filled else ""
        properties[name] = {
            "description": f"{{{filled}}} is filled in" if filled else "said as it stands",
            "type": "string",
            "pattern": rf"^([^{{}}]|\{{\{{|\}}\}}{braces})*$",
        }
    return {"type": "object", "properties": properties, "required": [*PHRASES], "additionalProperties": False}


if __name__ == "__main__":
    print(schema_text(), end="")
