"""Slash commands: each does what /help says, and a mistake in one loses nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import spinebot
from spinebot import Bot
from spinebot.terminal.chat import KEYS, PROMPT
from spinebot.terminal.commands import COMMANDS, SYNONYMS

Talk = Callable[..., Any]
ASKED = "Does lupus need treatment?"


def test_help_lists_every_command_and_every_key(bot: Bot, talk: Talk) -> None:
    shown = "\n".join(talk(bot, "/help", width=100).after("/help"))
    for name, takes, said in [*((known.name, known.takes, known.help) for known in COMMANDS.values()), *((key, "", what) for key, what in KEYS)]:
        assert re.search(rf"^  {re.escape(f'{name} {takes}'.strip())} +{re.escape(said)}$", shown, re.MULTILINE), name


@pytest.mark.parametrize(("typed", "meant"), [("/hlep", "/help"), ("/zzzz", "/help shows"), ("/QUITT", "/quit"), ("/\x1b[2Jhelp", "/help")])
def test_a_misspelt_command_is_no_message(bot: Bot, talk: Talk, typed: str, meant: str) -> None:
    shown = " ".join(talk(bot, typed).after(typed))
    assert shown.startswith("There is no command /") and meant in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("leave", ["/quit", "/QUIT", *(word for word, name in SYNONYMS.items() if name == "/quit"), "Exit"])
def test_whoever_wants_to_leave_leaves(bot: Bot, talk: Talk, leave: str) -> None:
    assert PROMPT + "never said" not in talk(bot, leave, "never said")


def test_every_synonym_is_of_a_command() -> None:
    assert set(SYNONYMS.values()) <= set(COMMANDS)


def test_topics_are_those_that_can_be_asked_about_and_a_number_asks(bot: Bot, talk: Talk) -> None:
    listed = talk(bot, "/topics").after("/topics")
    assert "  - lupus" in listed and "  - herniated disc" in listed
    shown = talk(bot, "/topics lupus", "4")
    questions = [line[5:] for line in shown.after("/topics lupus") if line[:3].strip().isdigit()]
    assert ASKED in questions and len(questions) == sum("lupus" in answer.about for answer in bot.answers)
    taken = f"{questions.index(ASKED) + 1}"
    assert PROMPT + ASKED in talk(bot, "/topics lupus", taken)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("/topics LUP", "On lupus"), ("/topics lupsu", "On lupus"), ("/topics stenosis", "On spinal stenosis"), ("/topics neck pain", "On neck pain"),
        ("/topics tennis", "no topic 'tennis'"), ("/topics herniated\tdisc", "On herniated disc"),
    ],
)
def test_a_topic_is_found_by_a_part_of_it(bot: Bot, talk: Talk, typed: str, found: str) -> None:
    assert found in " ".join(talk(bot, typed).after(typed))


def test_where_more_topics_than_one_are_meant_they_are_named(bot: Bot, talk: Talk) -> None:
    shown = " ".join(talk(bot, "/topics disc").after("/topics disc"))
    assert "Which of them" in shown and all(name in shown for name in ("herniated disc", "degenerative disc disease"))


@pytest.mark.parametrize(("typed", "said"), [("/c", "/copy or /clear"), ("/s", "/sources or /save")])
def test_the_beginning_of_more_commands_than_one_names_them(bot: Bot, talk: Talk, typed: str, said: str) -> None:
    assert f"did you mean {said}?" in " ".join(talk(bot, typed).after(typed))


@pytest.mark.parametrize("typed", ["/quit now?", "/new please", "/copy foo", "/clear all"])
def test_what_a_command_does_not_take_loses_nothing(bot: Bot, talk: Talk, typed: str) -> None:
    shown = talk(bot, ASKED, typed, "/why")
    assert len(shown.chat.turns) == 1 and shown.after("/why")


def test_the_beginning_of_a_command_is_enough_and_a_pasted_text_is_none(bot: Bot, talk: Talk) -> None:
    assert talk(bot, "/he").after("/he") == talk(bot, "/help").after("/help")
    assert len(talk(bot, "/quit\nwhat is lupus?").chat.turns) == 1


def test_sources_show_the_whole_passage_with_the_quote_marked(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, ASKED, "/sources", width=100).after("/sources")
    reply = bot.conversation().say(ASKED)
    marked = " ".join(line[4:] for line in shown if line.startswith("  │ "))
    assert marked == " ".join(quote.text for quote in sorted(reply.quotes, key=lambda quote: quote.start))
    whole = " ".join(" ".join(line[4:] for line in shown if line.startswith(("  │ ", "    "))).split())
    named = {quote.passage for quote in reply.quotes}
    for article in bot.corpus.articles:
        for passage in article.passages:
            if passage.id in named:
                assert all(" ".join(sentence.text.split()) in whole for sentence in passage.sentences)
    assert " > ".join(reply.quotes[0].heading) in " ".join(shown)


def test_why_explains_the_last_reply_as_it_stood_then(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, "What is lupus?", "does it need treatment", "/why", width=100).after("/why")
    assert any(line.startswith("decided") and "answers.lupus" in line for line in shown)
    assert any("carried over" in line for line in shown)


def test_more_goes_on(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, "what is lupus", "/more")
    quoted = [line for line in shown.after("/more") if line.startswith("  │ ")]
    assert quoted and not set(quoted) & set(shown.after("what is lupus"))


@pytest.mark.parametrize("typed", ["/sources", "/why", "/copy", "/save x.md", "/more"])
def test_before_anything_was_said_there_is_nothing_to_show(bot: Bot, talk: Talk, typed: str) -> None:
    assert "othing" in " ".join(talk(bot, typed).after(typed))


def test_copy_takes_the_last_reply_or_all(bot: Bot, talk: Talk) -> None:
    text = bot.conversation().say(ASKED).text
    assert talk(bot, ASKED, "/copy").clipboard == text
    whole = talk(bot, "hello", ASKED, "/copy all").clipboard
    assert "hello" in whole and ASKED in whole and text.splitlines()[-1].replace('"', "") in whole.replace('"', "")


def test_clear_empties_the_screen_and_not_the_conversation(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, "what is lupus", "/clear", "does it need treatment")
    assert shown[0] == PROMPT + "does it need treatment"
    assert "treated" in " ".join(shown)


# --- /save ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.md", "a b.md", "a", "'a.md'", "a.json", "a.chat.yaml", "A.JSON"])
def test_save_writes_a_file_of_the_users_alone(bot: Bot, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    talk(bot, ASKED, f"/save {name}")
    (written,) = tmp_path.iterdir()
    assert written.name == name.strip("'") and ASKED in written.read_text(encoding="utf-8")
    assert written.stat().st_mode & 0o077 == 0, "what was asked is nobody else's to read"


def test_save_again_keeps_the_newer_and_never_overwrites_what_is_not_its_own(bot: Bot, talk: Talk, tmp_path: Path) -> None:
    own, other = tmp_path / "own.md", tmp_path / "other.md"
    other.write_text("precious", encoding="utf-8")
    shown = talk(bot, "hello", f"/save {own}", ASKED, f"/save {own} ", f"/save {other}", width=100)
    assert ASKED in own.read_text(encoding="utf-8")
    assert other.read_text(encoding="utf-8") == "precious"
    assert "is there already" in " ".join(shown.after(f"/save {other}"))


@pytest.mark.parametrize(("path", "why"), [("/dev/full", "No space left"), ("{tmp}/none/a.md", "No such file"), ("{tmp}", "directory"), ("{tmp}/a\0b.md", "null")])
def test_what_can_not_be_saved_is_said_and_the_chat_goes_on(bot: Bot, talk: Talk, tmp_path: Path, path: str, why: str) -> None:
    typed = f"/save {path.format(tmp=tmp_path)}"
    shown = talk(bot, ASKED, typed, "/copy", width=100)
    said = " ".join(shown.after(typed))
    assert "was not written" in said and why in said and "still here" in said
    assert shown.clipboard
    assert not list(tmp_path.iterdir()), "nothing half-written is left"


def test_a_disk_that_fills_up_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """By way of a limit on the size of files, in a process of its own."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    code = f"""
from spinebot import Bot
from spinebot.terminal.commands import run_command
from spinebot.terminal.chat import Chat
from spinebot.terminal.loading import Loading
from spinebot.render import Marks
from spinebot.terminal.session import PlainScreen
chat = Chat(Loading(Bot.load), PlainScreen(Marks()))
chat.say("hello")
run_command(chat, "/save chat.md")
for _ in range(9):
    chat.say({ASKED!r})
run_command(chat, "/save chat.md")
"""
    source = str(Path(spinebot.__file__).resolve().parents[1])
    variables = {**os.environ, "PYTHONPATH": source, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, preexec_fn=limit, stdout=subprocess.PIPE, text=True, check=True)
    assert "Saved as chat.md." in done.stdout and "was not written: File too large" in done.stdout
    (kept,) = tmp_path.iterdir()
    assert "hello" in kept.read_text(encoding="utf-8") and ASKED not in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", "--help", ".md", ".json", "..", "notes.yaml"])
def test_a_slip_in_the_name_makes_no_file(bot: Bot, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    shown = talk(bot, ASKED, f"/save {name}")
    assert not list(tmp_path.iterdir()) and "/save" in " ".join(shown.after(f"/save {name}"))


def test_an_unknown_ending_is_named_with_those_that_are_known(bot: Bot, talk: Talk, tmp_path: Path) -> None:
    typed = f"/save {tmp_path}/a.docx"
    assert "I can't write .docx: end the name in .md, .json or .chat.yaml" in " ".join(talk(bot, ASKED, typed).after(typed))


def test_the_json_holds_every_reply_whole(bot: Bot, talk: Talk, tmp_path: Path) -> None:
    talk(bot, "hello", ASKED, f"/save {tmp_path}/a.json")
    saved = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    conversation = bot.conversation("1")
    assert saved["messages"] == [{"user": text, "reply": json.loads(json.dumps(conversation.say(text).to_dict()))} for text in ("hello", ASKED)]
