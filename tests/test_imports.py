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

#: Lowest first; a module imports only from layers below its own, and `terminal`, `testing` and `web` not from one another.
LAYERS = [
    {"errors", "english", "text"},
    {"article", "yamlfile"},
    {"corpus", "matcher", "rules", "answers", "schema"},
    {"clauses", "conversation", "spelling", "lexicon"},
    {
        "exclusion", "reading", "leaning", "understand", "claims", "evidence", "weights", "index",
        "persons", "signs", "conditions", "taking_back", "alarms", "safety",
        "refusal", "choice", "picking", "linking", "plan", "memory", "compose", "render", "transcript",
    },
    {"bot"},
    {"explain"},
    {"terminal", "testing", "web"},
    {"options", "cli"},
]

#: Package → its own layers, lowest first: there, nothing at all is imported from the same one.
PACKAGES = {
    "terminal": [
        {"clipboard", "history", "loading", "suspending"},
        {"chat"},
        {"commands"},
        {"completion"},
        {"window"},
        {"session"},
    ],
    "testing": [
        {"patterns", "scriptfile", "shape", "yamledit"},
        {"script", "botium", "saved"},
        {"expect", "choosing", "recording", "script_schema", "convos", "stories", "verify"},
        {"play", "convert"},
        {"report", "speakers", "coverage", "golden", "mutation"},
        {"runner", "formats", "survivors", "pytest_plugin"},
        {"html_report"},
        {"suite"},
        {"watching"},
    ],
    "web": [
        {"settings", "store", "remembered", "bots", "metrics", "logs", "deadline"},
        {"conversations", "requests", "files", "server"},
        {"api", "guard"},
        {"rasa", "openai", "deepchat", "openapi"},
        {"app"},
        {"workers"},
        {"serving"},
    ],
}

#: What a module may import from its own layer.
SAME_LAYER = {
    "text": {"english"},
    "rules": {"matcher"},
    "answers": {"rules"},
    "schema": {"rules"},
    "lexicon": {"spelling"},
    "leaning": {"exclusion", "reading"},
    "understand": {"exclusion", "reading", "leaning"},
    "evidence": {"reading", "weights"},
    "claims": {"exclusion", "reading"},
    "index": {"claims", "reading", "evidence", "weights"},
    "persons": {"reading"},
    "signs": {"reading", "persons"},
    "taking_back": {"reading", "signs"},
    "conditions": {"reading", "signs"},
    "alarms": {"reading", "evidence", "weights"},
    "safety": {"reading", "persons", "signs", "conditions", "taking_back", "alarms", "weights"},
    "refusal": {"reading", "index"},
    "choice": {"reading", "index", "refusal"},
    "picking": {"reading", "index"},
    "linking": {"reading", "index"},
    "plan": {"reading", "index", "safety", "refusal", "choice", "picking", "linking"},
    "memory": {"reading", "index", "refusal", "safety", "plan"},
    "compose": {"reading", "understand", "index", "safety", "plan"},
    "transcript": {"render"},
    "cli": {"options"},
}

#: Package → the modules, or packages of ours, that may import it. Whatever is not here and not of the standard library is refused.
OUTSIDE = {
    "nltk": {"text"},
    "rank_bm25": {"index"},
    "numpy": {"index", "weights"},
    "regex": {"testing.patterns"},
    "yaml": {"yamlfile", "testing.yamledit"},
    "prompt_toolkit": {"terminal.completion", "terminal.history", "terminal.suspending", "terminal.session", "terminal.window"},
    "pyperclip": {"terminal.clipboard"},
    "shtab": {"cli"},
    "h11": {"web"},
    "limits": {"web"},
    "prometheus_client": {"web"},
    "redis": {"web"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "pytest": {"testing.pytest_plugin"},
}

LAYER = {module: level for level, modules in enumerate(LAYERS) for module in modules}
INNER_LAYER = {f"{package}.{module}": level for package, layers in PACKAGES.items() for level, modules in enumerate(layers) for module in modules}


@cache
def imports() -> dict[str, set[str]]:
    """Module ("text", "web.app") → what it imports: ".text" and ".web.app" for modules of the package, "nltk" for others."""
    return {name: set(imported_by(ast.parse(path.read_text(encoding="utf-8")), name, path.stem == "__init__")) for name, path in paths().items()}


@cache
def paths() -> dict[str, Path]:
    """Module → its file; the package itself is "", a package in it has its folder's name."""
    places = {path: path.relative_to(PACKAGE).with_suffix("").parts for path in sorted(PACKAGE.rglob("*.py"))}
    return {".".join(place[:-1] if place[-1] == "__init__" else place): path for path, place in places.items()}


def imported_by(tree: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    here = ["spinebot", *filter(None, module.split("."))]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from named(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: len(here) + is_package - node.level], *([node.module] if node.module else [])] if node.level else [node.module or ""]
            for alias in node.names:
                yield from named(".".join([*base, alias.name]))


def named(dotted: str) -> Iterator[str]:
    """The module that a name after `import` is, or is of: ".web.app" of "spinebot.web.app.create_app"."""
    top, *rest = dotted.split(".")
    if top != "spinebot":
        yield top
        return
    while ".".join(rest) not in paths():
        rest.pop()
    yield f".{'.'.join(rest)}"


def inside(module: str) -> set[str]:
    """What a module imports of ours, but itself; "" is the package."""
    return {name[1:] for name in imports()[module] if name.startswith(".")} - {module}


def package_of(module: str) -> str:
    """The name that LAYERS has of it."""
    return module.split(".", maxsplit=1)[0]


MODULES = sorted(set(paths()) - {"", "__main__"})


def test_every_module_has_a_layer() -> None:
    assert {package_of(module) for module in MODULES} <= set(LAYER), "new modules go into LAYERS"
    assert {module for module in MODULES if "." in module} == set(INNER_LAYER), "and those of packages into PACKAGES"
    assert sum(map(len, LAYERS)) == len(LAYER), "a module stands in one layer"
    assert sum(len(modules) for layers in PACKAGES.values() for modules in layers) == len(INNER_LAYER), "in a package too"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_below(module: str) -> None:
    own = package_of(module)
    others = {package_of(name) for name in inside(module)} - {"", own}
    above = {name for name in others if LAYER[name] >= LAYER[own] and name not in SAME_LAYER.get(own, ())}
    assert not above, f"{module} imports {', '.join(sorted(above))}"
    if "" in inside(module):
        assert LAYER[own] > LAYER["bot"], f"{module} imports the package that it is part of"


@pytest.mark.parametrize("module", sorted(INNER_LAYER))
def test_a_module_of_a_package_imports_only_from_below_in_it(module: str) -> None:
    near = {name for name in inside(module) if package_of(name) == package_of(module)}
    assert package_of(module) not in near, f"{module} imports the package that it is part of"
    above = {name for name in near if INNER_LAYER[name] >= INNER_LAYER[module]}
    assert not above, f"{module} imports {', '.join(sorted(above))}"


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_loads_nothing_by_itself(package: str) -> None:
    """Else whoever wants one module of it would load others."""
    assert not imports()[package]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_goes_round_in_circles(module: str) -> None:
    reached: set[str] = set()
    new = {module}
    while new:
        new = {name for at in new for name in inside(at)} - reached - {""}
        reached |= new
    assert module not in reached


@pytest.mark.parametrize("module", sorted(paths()))
def test_other_packages_are_imported_where_they_belong(module: str) -> None:
    others = {name for name in imports()[module] if not name.startswith(".")} - set(sys.stdlib_module_names)
    assert not {name for name in others if not {module, package_of(module)} & OUTSIDE.get(name, set())}


@pytest.mark.parametrize("module", [module for module in MODULES if LAYER[package_of(module)] <= LAYER["spelling"]])
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
