"""Layers: a module imports only from below. Read from the files, so that no import inside a function goes unseen."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import spinebot

PACKAGE = Path(spinebot.__file__).parent

#: Lowest first; a module imports only from layers below its own.
LAYERS = [
    {"errors", "english", "text"},
    {"article", "yamlfile", "yamledit"},
    {"corpus", "matcher", "rules", "answers", "schema"},
    {"clauses", "conversation", "spelling", "lexicon", "shape"},
    {"understand", "evidence", "weights", "index", "signs", "safety", "plan", "compose", "render", "transcript"},
    {"bot"},
    {"explain", "loading", "clipboard", "history", "suspending", "chat", "commands", "completion", "window", "terminal", "web", "script", "expect", "play", "speakers", "saved", "verify", "coverage", "mutation", "survivors", "golden", "recording", "botium", "stories", "convert", "script_schema", "choosing", "runner", "report", "formats", "html_report", "suite", "watching", "patterns", "scriptfile", "convos"},
    {"pytest_plugin", "options", "cli"},
]  # fmt: skip

#: What a module may import from its own layer.
SAME_LAYER = {
    "text": {"english"},
    "rules": {"matcher"},
    "answers": {"rules"},
    "schema": {"rules"},
    "lexicon": {"spelling"},
    "evidence": {"understand", "weights"},
    "index": {"understand", "evidence", "weights"},
    "signs": {"understand"},
    "safety": {"understand", "signs", "evidence", "weights"},
    "plan": {"understand", "index", "safety"},
    "compose": {"understand", "index", "safety", "plan"},
    "transcript": {"render"},
    "chat": {"loading", "explain"},
    "commands": {"chat"},
    "completion": {"chat", "commands"},
    "script": {"patterns", "scriptfile"},
    "expect": {"patterns", "script"},
    "play": {"expect", "script"},
    "speakers": {"expect", "play"},
    "coverage": {"expect", "play"},
    "mutation": {"play", "script"},
    "survivors": {"mutation", "script"},
    "golden": {"expect", "play", "script"},
    "recording": {"script"},
    "botium": {"patterns"},
    "convos": {"botium", "script"},
    "stories": {"botium"},
    "convert": {"botium", "convos", "script", "stories"},
    "script_schema": {"script", "scriptfile"},
    "choosing": {"script"},
    "runner": {"expect", "play", "script", "speakers"},
    "report": {"expect", "play"},
    "formats": {"play", "report"},
    "html_report": {"formats", "play", "report"},
    "suite": {"choosing", "coverage", "formats", "golden", "html_report", "play", "report", "runner", "script"},
    "watching": {"runner", "script", "suite"},
    "window": {"chat", "clipboard", "completion", "history", "loading", "suspending"},
    "terminal": {"chat", "clipboard", "commands", "history", "loading", "window"},
    "verify": {"saved"},
    "cli": {"options", "pytest_plugin"},
}

#: Package → the modules that may import it. Whatever is not here and not of the standard library is refused.
OUTSIDE = {
    "nltk": {"text"},
    "rank_bm25": {"index"},
    "numpy": {"index", "weights"},
    "regex": {"patterns"},
    "yaml": {"yamlfile", "yamledit"},
    "prompt_toolkit": {"completion", "history", "suspending", "terminal", "window"},
    "pyperclip": {"clipboard"},
    "shtab": {"cli"},
    "h11": {"web"},
    "limits": {"web"},
    "prometheus_client": {"web"},
    "redis": {"web"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "pytest": {"pytest_plugin"},
}

LAYER = {module: level for level, modules in enumerate(LAYERS) for module in modules}


@cache
def imports() -> dict[str, set[str]]:
    """Module (a folder is one) → what it imports: ".text" for modules of the package, "nltk" for others."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).with_suffix("").parts
        found.setdefault(place[0], set()).update(imported_by(ast.parse(path.read_text(encoding="utf-8")), place))
    return found


def imported_by(tree: ast.AST, place: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top, *rest = alias.name.split(".")
                yield f".{rest[0] if rest else '__init__'}" if top == "spinebot" else top
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = ".".join(("spinebot", *place[: len(place) - node.level], *([module] if module else [])))
            top, *rest = module.split(".")
            if top != "spinebot":
                yield top
            elif rest:
                yield f".{rest[0]}"
            else:
                for alias in node.names:
                    is_module = (PACKAGE / f"{alias.name}.py").exists() or (PACKAGE / alias.name).is_dir()
                    yield f".{alias.name}" if is_module else ".__init__"


MODULES = sorted(set(imports()) - {"__init__", "__main__"})


def test_every_module_has_a_layer() -> None:
    assert set(MODULES) <= set(LAYER), "new modules go into LAYERS"
    assert sum(map(len, LAYERS)) == len(LAYER), "a module stands in one layer"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_below(module: str) -> None:
    inside = {name[1:] for name in imports()[module] if name.startswith(".")} - {module}
    above = {name for name in inside - {"__init__"} if LAYER[name] >= LAYER[module] and name not in SAME_LAYER.get(module, ())}
    assert not above, f"{module} imports {', '.join(sorted(above))}"
    if "__init__" in inside:
        assert LAYER[module] > LAYER["bot"], f"{module} imports the package that it is part of"


@pytest.mark.parametrize("module", [module for module in MODULES if LAYER.get(module, 9) < LAYER["bot"]])
def test_nothing_below_the_bot_goes_round_in_circles(module: str) -> None:
    reached, new = set(), {module}
    while new:
        new = {name[1:] for at in new for name in imports()[at] if name.startswith(".") and name != f".{at}"} - reached - {"__init__"}
        reached |= new
    assert module not in reached


@pytest.mark.parametrize("module", sorted(imports()))
def test_other_packages_are_imported_where_they_belong(module: str) -> None:
    others = {name for name in imports()[module] if not name.startswith(".")} - set(sys.stdlib_module_names)
    assert not {name for name in others if module not in OUTSIDE.get(name, ())}


@pytest.mark.parametrize("module", [module for module in MODULES if LAYER.get(module, 9) <= LAYER["spelling"]])
def test_the_words_and_values_touch_no_clock_no_chance_and_no_network(module: str) -> None:
    """Replies that depend on them would not be the same twice."""
    assert not imports()[module] & {"random", "time", "secrets", "socket", "urllib", "http", "subprocess", "asyncio", "threading", "os"}


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("statement", ["import spinebot", "from spinebot import __version__", "import spinebot.errors", "from spinebot import SpinebotError, Reply"])
def test_importing_the_package_loads_nothing_heavy(statement: str) -> None:
    """`import spinebot` costs every command, and pytest itself by way of its plugin."""
    assert not loaded_after(statement) & {"nltk", "numpy", "yaml", "rank_bm25", "prompt_toolkit", "asyncio", "starlette", "uvicorn"}


def test_loading_the_bot_loads_what_it_needs() -> None:
    """That the test above can see a module that is loaded."""
    assert {"numpy", "yaml", "rank_bm25"} <= loaded_after("from spinebot import Bot")


def test_a_plain_question_needs_no_nltk() -> None:
    """To import it takes longer than all the rest of a start: its stems stand ready in stems.txt."""
    asked = "from spinebot.cli import main; main(['ask', 'Does lupus need treatment?'])"
    loaded = loaded_after(f"import io; out, sys.stdout = sys.stdout, io.StringIO(); {asked}; said, sys.stdout = sys.stdout, out; assert 'Lupus' in said.getvalue()")
    assert "rank_bm25" in loaded and "nltk" not in loaded


def test_a_word_without_a_ready_stem_is_stemmed_by_nltk() -> None:
    assert "nltk" in loaded_after("from spinebot.text import stem; assert stem('flumoxitating') == 'flumoxit'")


def test_every_public_name_is_there_and_no_other() -> None:
    assert all(getattr(spinebot, name) is not None for name in spinebot.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Bott'"):
        _ = spinebot.Bott
