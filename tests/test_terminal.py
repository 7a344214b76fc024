"""The chat in a terminal: whole transcripts, keys as people press them, and a terminal that is never given orders by a message."""

from __future__ import annotations

import io
import os
import re
import select
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

import spinebot
from spinebot import Bot, Reply, SpinebotError
from spinebot.errors import Fault
from spinebot.render import Line, Marks, columns
from spinebot.terminal import COMMANDS, PROMPT, Chat, Loading, run_chat

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class Script:
    """A screen that types the lines of a script, and keeps what was shown."""

    def __init__(self, lines: Iterable[str | BaseException], width: int = 60) -> None:
        self.marks = Marks()
        self.shown: list[str] = []
        self._lines = iter(lines)
        self._width = width

    def ask(self) -> str:
        line = next(self._lines, EOFError())
        if isinstance(line, BaseException):
            raise line
        self.shown.append(PROMPT + line)
        return line

    def show(self, lines: list[Line]) -> None:
        self.shown += [str(line) for line in lines]

    def width(self) -> int:
        return self._width


def talk(bot: Bot, *lines: str | BaseException, width: int = 60, explain: bool = False) -> list[str]:
    """What is on the screen after a script."""
    screen = Script(lines, width)
    Chat(Loading(lambda: bot), screen, explain=explain).run()
    return screen.shown


def after(shown: list[str], line: str) -> list[str]:
    """What was shown between a line of the user's and the next."""
    at = shown.index(PROMPT + line) + 1
    return shown[at : next((n for n, text in enumerate(shown[at:], at) if text.startswith(PROMPT)), len(shown))]


# --- the conversation ----------------------------------------------------------------------------------------------


def test_a_reply_reads_from_its_quote_to_its_caveats_to_its_source(bot: Bot) -> None:
    shown = after(talk(bot, "Does lupus need treatment?", width=40), "Does lupus need treatment?")
    reply = bot.conversation().say("Does lupus need treatment?")
    kinds = [line[:4].strip() for line in shown if line.strip()]
    assert "│" in kinds and "*" in kinds and kinds.index("│") < kinds.index("*")
    quoted = " ".join(line[4:] for line in shown if line.startswith("  │ "))
    assert quoted == " ".join(reply.answer.split())
    assert all(columns(line) <= 40 for line in shown)


def test_urgent_advice_is_the_first_thing_on_the_screen(bot: Bot) -> None:
    message = "I lost control of my bladder and can't feel between my legs"
    shown = [line for line in after(talk(bot, message), message) if line]
    assert shown[0] == "One moment: still reading the article." or shown[0].startswith("!! ")
    marked = [line for line in shown if line.startswith("!! ")]
    assert marked[0] == "!! GET HELP NOW" and len(marked) > 2


def test_the_conversation_is_remembered_until_a_new_one_is_begun(bot: Bot) -> None:
    shown = talk(bot, "What is lupus?", "Does it need treatment?", "/new", "Does it need treatment? ")
    assert "treated" in " ".join(after(shown, "Does it need treatment?"))
    assert after(shown, "Does it need treatment? ") != after(shown, "Does it need treatment?")


class Suggesting:
    """Stands in for a bot and its conversation: repeats what it hears, and suggests."""

    dialogue = None

    def conversation(self, _: str) -> Suggesting:
        return self

    def say(self, text: str) -> Reply:
        return Reply("chat", f"heard: {text}", suggestions=("What is lupus?", "Does traction help?"))


def test_a_suggestion_is_taken_by_its_number() -> None:
    shown = talk(Suggesting(), "hello", "2", "3")  # type: ignore[arg-type]
    assert "  2  Does traction help?" in shown
    assert PROMPT + "Does traction help?" in shown and "heard: Does traction help?" in shown
    assert "heard: 3" in shown


@pytest.mark.parametrize("number", ["0", "9" * 5000, "²", "-1", "1.5"])
def test_other_numbers_are_messages(number: str) -> None:
    shown = talk(Suggesting(), "hello", number)  # type: ignore[arg-type]
    assert "".join(line for line in shown if line and not line.startswith(PROMPT)).count("heard:") == 2


def test_an_empty_line_is_nothing(bot: Bot) -> None:
    assert after(talk(bot, "", "   ", "/quit"), "   ") == []


def test_the_explanation_follows_where_it_was_asked_for(bot: Bot) -> None:
    shown = after(talk(bot, "is lupsu treated", explain=True), "is lupsu treated")
    assert any("lupsu -> lupus" in line for line in shown)
    assert all(columns(line) <= 60 for line in shown)


# --- commands ------------------------------------------------------------------------------------------------------


def test_help_lists_every_command_and_how_to_leave(bot: Bot) -> None:
    shown = "\n".join(after(talk(bot, "/help"), "/help"))
    assert all(re.search(rf"^  {command.name} +{re.escape(command.help)}$", shown, re.MULTILINE) for command in COMMANDS.values())
    assert "Ctrl-D" in shown


@pytest.mark.parametrize(("typed", "meant"), [("/hlep", "/help"), ("/xyz", "/help shows"), ("/QUITT", "/quit"), ("/\x1b[2Jhelp", "/help")])
def test_a_misspelt_command_is_no_message(bot: Bot, typed: str, meant: str) -> None:
    shown = " ".join(after(talk(bot, typed), typed))
    assert shown.startswith("There is no command /") and meant in shown
    assert "\x1b" not in shown


def test_commands_are_taken_in_any_case_and_quit_leaves(bot: Bot) -> None:
    shown = talk(bot, "/HELP", "/quit", "never said")
    assert PROMPT + "never said" not in shown


def test_ctrl_c_gives_up_the_line_and_not_the_chat(bot: Bot) -> None:
    shown = talk(bot, KeyboardInterrupt(), "hello")
    assert "(Ctrl-D or /quit leaves.)" in shown and after(shown, "hello")


# --- loading -------------------------------------------------------------------------------------------------------


def test_the_bot_is_loaded_once_and_behind_the_prompt() -> None:
    threads = []

    def load() -> Bot:
        threads.append(threading.current_thread())
        return Suggesting()  # type: ignore[return-value]

    loading = Loading(load)
    loading.start()
    loading.start()
    assert loading.bot() is loading.bot() and loading.done
    assert len(threads) == 1 and threads[0] is not threading.main_thread()


def broken() -> Bot:
    raise SpinebotError(Fault("intents.yaml", 3, "is broken"))


def test_a_broken_folder_ends_the_chat() -> None:
    with pytest.raises(SpinebotError):
        Chat(Loading(broken), Script(["hello"])).run()


# --- keys, by way of prompt-toolkit --------------------------------------------------------------------------------


class Utf8(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Terminal:
    """A prompt-toolkit terminal whose keys are sent and whose output is kept."""

    def __init__(self, keys: PipeInput, width: int, depth: ColorDepth) -> None:
        self.keys = keys
        self._written = Utf8()
        self.output = Vt100_Output(self._written, lambda: Size(rows=40, columns=width), term="xterm", default_color_depth=depth, enable_cpr=False)

    @property
    def raw(self) -> str:
        return self._written.getvalue()

    @property
    def text(self) -> str:
        """What was written, without the escape sequences of prompt-toolkit itself."""
        return ESCAPES.sub("", self.raw).replace("\r", "")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with create_pipe_input() as keys:
        yield Terminal(keys, 50, ColorDepth.DEPTH_4_BIT)


def test_typing_a_message_and_leaving_by_ctrl_d(bot: Bot, terminal: Terminal) -> None:
    terminal.keys.send_text("Does lupus need treatment?\r\x04")
    run_chat(lambda: bot, source=terminal.keys, output=terminal.output)
    assert "  │ " in terminal.text and "  * " in terminal.text
    assert "\x1b[0;3m" in terminal.raw, "caveats are in italics"


def test_ctrl_c_clears_the_line_and_on_an_empty_one_says_how_to_leave(terminal: Terminal) -> None:
    terminal.keys.send_text("not this\x03this\r\x03\x04")
    run_chat(Suggesting, source=terminal.keys, output=terminal.output)  # type: ignore[arg-type]
    assert "heard: this" in terminal.text and "heard: not" not in terminal.text
    assert "(Ctrl-D or /quit leaves.)" in terminal.text


def test_the_arrow_brings_back_what_was_asked_and_a_paste_is_one_message(terminal: Terminal) -> None:
    terminal.keys.send_text("first\r")
    # The history is there a moment after the prompt: nobody presses the arrow sooner.
    later = threading.Timer(0.5, terminal.keys.send_text, ["\x1b[A\r\x1b[200~two\nlines\x1b[201~\r/quit\r"])
    later.start()
    run_chat(Suggesting, source=terminal.keys, output=terminal.output)  # type: ignore[arg-type]
    later.join()
    assert terminal.text.count("heard: first") == 2
    assert terminal.text.count("heard: ") == 3


def test_control_sequences_in_a_message_never_reach_the_terminal(terminal: Terminal) -> None:
    orders = ("\x1b]0;title\x07", "\x1b[2J", "\x1b[31m", "\x9b2J")
    terminal.keys.send_text(f"\x1b[200~{''.join(orders)}hello\x1b[201~\r\x04")
    before = len(terminal.raw)
    run_chat(Suggesting, source=terminal.keys, output=terminal.output)  # type: ignore[arg-type]
    written = terminal.raw[before:]
    assert "hello" in written
    assert not any(order in written for order in orders)
    assert "\x07" not in written and "\x9b" not in written


def test_without_colour_nothing_is_lost(bot: Bot) -> None:
    with create_pipe_input() as keys:
        plain = Terminal(keys, 50, ColorDepth.DEPTH_1_BIT)
        keys.send_text("I lost control of my bladder and can't feel between my legs\r\x04")
        run_chat(lambda: bot, source=keys, output=plain.output)
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-7]|9[0-7])m", plain.raw), "no colours"
    assert "!! GET HELP NOW" in plain.text


def test_a_folder_that_turns_out_broken_ends_the_prompt(terminal: Terminal) -> None:
    with pytest.raises(SpinebotError):
        run_chat(broken, source=terminal.keys, output=terminal.output)


# --- a real terminal -----------------------------------------------------------------------------------------------

pty = pytest.importorskip("pty")


def in_terminal(typed: list[bytes], *arguments: str, **variables: str) -> tuple[int, str]:
    """Run the command in a pseudo-terminal; each line is typed once the prompt is there. The exit code and all output."""
    source = str(Path(spinebot.__file__).resolve().parents[1])
    child, terminal = pty.fork()
    if not child:
        os.execve(sys.executable, [sys.executable, "-m", "spinebot.cli", *arguments], {**os.environ, "PYTHONPATH": source, "PYTHONUTF8": "1", **variables})
    output, waiting, deadline, seen = b"", list(typed), time.monotonic() + 30, 0
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                read = os.read(terminal, 65536)
            except OSError:
                break
            if not read:
                break
            output += read
        elif waiting and output[seen:].rpartition(b"\n")[2].replace(b"\x1b[?25h", b"").strip():
            seen = len(output)
            os.write(terminal, waiting.pop(0))
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output.decode(errors="replace")


def test_a_dumb_terminal_gets_no_escape_codes() -> None:
    code, output = in_terminal([b"Does lupus need treatment?\n", b"/quit\n"], TERM="dumb")
    assert code == 0 and "\x1b" not in output
    assert "treated" in output and "  * " in output


def test_a_broken_folder_is_said_after_the_prompt_was_there(tmp_path: Path) -> None:
    code, output = in_terminal([], "--bot", str(tmp_path), TERM="xterm")
    assert code == 2 and "Traceback" not in output
    assert "intents.yaml: no such file" in output


@pytest.mark.parametrize("leave", [b"\x04", b"/quit\r"])
def test_leaving_a_real_terminal(leave: bytes) -> None:
    code, output = in_terminal([leave], TERM="xterm")
    assert code == 0 and "Traceback" not in output
