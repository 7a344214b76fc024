"""The screens of a chat: keys as people press them, terminals that die, stop or can't show much, and orders that no message gives."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import os
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

import spinebot
from spinebot import Bot, SpinebotError
from spinebot.conversation import Dialogue
from spinebot.errors import Fault
from spinebot.render import WIDEST, render, wrap
from spinebot.terminal.session import WELCOME, run_chat
from spinebot.terminal.window import LONG_PASTE

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
#: A line that stands for itself: how prompt-toolkit breaks what is typed is its own matter.
ANY = [mock.ANY]
UP, DOWN, RIGHT, TAB, CTRL_R = "\x1b[A", "\x1b[B", "\x1b[C", "\t", "\x12"
LEAVE = "/quit\r"


class Utf8(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Terminal:
    """A prompt-toolkit terminal whose keys are sent and whose output is kept."""

    def __init__(self, keys: PipeInput, width: int, depth: ColorDepth) -> None:
        self.keys = keys
        self._width = width
        self._written = Utf8()
        self.output = Vt100_Output(self._written, lambda: Size(rows=40, columns=width), term="xterm", default_color_depth=depth, enable_cpr=False)

    def run(self, load: Callable[[], Any], *typed: str, **options: Any) -> str:
        """Send keys, each lot a moment after the one before, and talk until they leave; what was written."""
        def type_on() -> None:
            for keys in typed:
                time.sleep(0.3)
                self.keys.send_text(keys)

        typing = threading.Thread(target=type_on)
        typing.start()
        try:
            run_chat(load, source=self.keys, output=self.output, **options)
        finally:
            typing.join()
        return self.text

    @property
    def raw(self) -> str:
        return self._written.getvalue()

    @property
    def screen(self) -> list[str]:
        """The lines that a person sees in the end."""
        screen = pyte.Screen(self._width, 500)
        pyte.Stream(screen).feed(self.raw)
        lines = [line.rstrip() for line in screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def text(self) -> str:
        """What was written, without the escape sequences of prompt-toolkit itself."""
        return ESCAPES.sub("", self.raw).replace("\r", "")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with create_pipe_input() as keys:
        yield Terminal(keys, 60, ColorDepth.DEPTH_4_BIT)


@pytest.fixture
def load(suggesting: Any) -> Callable[[], Any]:
    """Loads a bot that repeats what it hears."""
    return lambda: suggesting


# --- keys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [20, 40, 120])
def test_a_whole_conversation_as_it_stands_on_the_screen(bot: Bot, width: int) -> None:
    messages = ["whats a slipped disk", "i cant feel my legs and i wet myself", "what are the treatments for neck pain", "thanks"]
    with create_pipe_input() as keys:
        terminal = Terminal(keys, width, ColorDepth.DEPTH_4_BIT)
        terminal.run(lambda: bot, *(f"{message}\r" for message in messages), LEAVE)
    conversation = bot.conversation()
    expected = [*wrap(WELCOME, min(width, WIDEST)), ""]
    for message in messages:
        typed = f"> {message}"
        expected += [typed] if len(typed) < width else ANY * len(range(0, len(typed), width - 2))
        expected += ["", *render(conversation.say(message), min(width, WIDEST)).split("\n"), ""]
    expected += ["> /quit"]
    assert terminal.screen == expected


def test_typing_a_message_and_leaving_by_ctrl_d(bot: Bot, terminal: Terminal) -> None:
    text = terminal.run(lambda: bot, "Does lupus need treatment?\r", "\x04")
    assert "  │ " in text and "  * " in text
    assert "\x1b[0;3m" in terminal.raw, "caveats are in italics"


def test_ctrl_c_clears_the_line_and_on_an_empty_one_says_how_to_leave(load: Any, terminal: Terminal) -> None:
    text = terminal.run(load, "not this\x03this\r\x03\x04")
    assert "heard: this" in text and "heard: not" not in text
    assert "(Ctrl-D or /quit leaves.)" in text


def test_ctrl_d_in_a_line_does_not_leave(load: Any, terminal: Terminal) -> None:
    assert "heard: still" in terminal.run(load, "still\x04\r", "\x04")


def test_the_arrow_and_ctrl_r_bring_back_what_was_asked(load: Any, terminal: Terminal) -> None:
    text = terminal.run(load, "first\r", "second\r", UP + UP + "\r", CTRL_R + "sec\r", "\r", LEAVE)
    assert text.count("heard: first") == 2 and text.count("heard: second") == 2


@pytest.mark.parametrize("taken", [["2"], [TAB, DOWN + DOWN], [TAB, TAB + TAB], [DOWN, DOWN], ["Does t", TAB], ["Does t", RIGHT]])
def test_a_suggestion_is_taken_by_number_tab_arrow_or_its_grey_rest(load: Any, terminal: Terminal, taken: list[str]) -> None:
    assert "heard: Does traction help?" in terminal.run(load, "hello\r", *taken, "\r", LEAVE)


def test_a_slash_command_and_a_topic_are_completed(bot: Bot, terminal: Terminal) -> None:
    text = terminal.run(lambda: bot, "hello\r", "/he", TAB, "\r", "what is a hern", TAB, "?\r", LEAVE)
    assert "empty the screen" in text, "what /help shows"
    assert "Herniated discs are an issue" in " ".join(text.split())


def test_ctrl_c_in_a_search_gives_up_the_search_and_not_the_prompt(load: Any, terminal: Terminal) -> None:
    text = terminal.run(load, "first\r", CTRL_R, "fi", "\x03", "second\r", CTRL_R + "\x03", "third\r", LEAVE)
    assert "heard: second" in text and "heard: third" in text


def test_escape_closes_the_menu_and_enter_then_sends(load: Any, terminal: Terminal) -> None:
    text = terminal.run(load, "/he", "\x1b", "\x15hello\r", LEAVE)
    assert "heard: hello" in text


def test_enter_sends_in_vis_normal_mode(load: Any, terminal: Terminal) -> None:
    assert "heard: hello\n" in terminal.run(load, "hello\x1b\r", LEAVE, vi=True)


def test_the_keys_of_vi_are_there_for_who_wants_them(load: Any, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["xhello", "\x1b", "0", "x", "\r"]
    assert "heard: hello" in terminal.run(load, *asked, LEAVE, vi=True)
    monkeypatch.setenv("EDITING_MODE", "vi")
    with create_pipe_input() as keys:
        assert "heard: hello" in Terminal(keys, 60, ColorDepth.DEPTH_4_BIT).run(load, *asked, LEAVE)


# --- what is pasted ------------------------------------------------------------------------------------------------


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


def test_a_paste_of_many_lines_is_one_message(load: Any, terminal: Terminal) -> None:
    text = terminal.run(load, pasted("two\r\nlines") + "\r", LEAVE)
    assert text.count("heard: ") == 1 and "lines" in text


def test_a_huge_paste_is_one_message_whole_and_can_be_brought_back(bot: Bot, terminal: Terminal) -> None:
    said = []

    class Listening:
        dialogue, answers, rules = Dialogue(), (), {"topics": {}}

        def conversation(self, _: str) -> Listening:
            return self

        def say(self, text: str) -> Any:
            said.append(text)
            return bot.conversation().say("hello")

    huge = "my back hurts\n" * 75_000
    started = time.monotonic()
    text = terminal.run(Listening, "well, " + pasted(huge) + pasted("x" * (LONG_PASTE + 1)) + "\r", UP + "\r", LEAVE)
    assert said == ["well, " + huge + "x" * (LONG_PASTE + 1)] * 2
    assert "[pasted text 1: 1,050,000 characters]" in text and len(text) < 20_000
    assert time.monotonic() - started < 20


def test_what_stands_for_a_paste_goes_as_one_piece(load: Any, terminal: Terminal) -> None:
    text = terminal.run(load, "well " + pasted("x" * (LONG_PASTE + 1)), "\x7f", "then\r", LEAVE)
    assert "heard: well then" in text


def test_what_stands_for_a_paste_is_not_kept_in_a_file(load: Any, terminal: Terminal, tmp_path: Path) -> None:
    terminal.run(load, pasted("x" * (LONG_PASTE + 1)) + "\r", LEAVE, history=str(tmp_path / "asked"))
    assert "pasted" not in (tmp_path / "asked").read_text(encoding="utf-8")


def test_control_sequences_in_a_message_never_reach_the_terminal(load: Any, terminal: Terminal) -> None:
    orders = ("\x1b]0;title\x07", "\x1b[2J", "\x1b[31m", "\x9b2J")
    terminal.run(load, pasted("".join(orders) + "hello") + "\r", "\x04")
    written = terminal.raw
    assert "hello" in written
    assert not any(order in written for order in orders)
    assert "\x07" not in written and "\x9b" not in written


# --- while the bot is loading ---------------------------------------------------------------------------------------


def test_a_message_sent_while_the_bot_loads_waits_with_a_note(suggesting: Any, terminal: Terminal) -> None:
    ready = threading.Event()

    def load() -> Any:
        ready.wait(20)
        return suggesting

    threading.Timer(1.0, ready.set).start()
    text = terminal.run(load, "early\r", "/help\r", LEAVE)
    assert text.index("One moment: still reading the article.") < text.index("heard: early")


def test_a_folder_that_turns_out_broken_ends_the_prompt(terminal: Terminal) -> None:
    def broken() -> Bot:
        raise SpinebotError(Fault("intents.yaml", 3, "is broken"))

    with pytest.raises(SpinebotError):
        terminal.run(broken)


# --- history -------------------------------------------------------------------------------------------------------


def test_what_is_asked_is_kept_in_a_file_only_where_its_user_wants_that(load: Any, terminal: Terminal, tmp_path: Path) -> None:
    kept = tmp_path / "asked"
    terminal.run(load, "my secret\r", LEAVE, history=str(kept))
    assert "my secret" in kept.read_text(encoding="utf-8") and kept.stat().st_mode & 0o077 == 0
    with create_pipe_input() as keys:
        again = Terminal(keys, 60, ColorDepth.DEPTH_4_BIT)
        assert "heard: my secret" in again.run(load, UP + UP + "\r", LEAVE, history=str(kept))


@pytest.mark.parametrize(("file", "why"), [("none/asked", "No such file"), ("/dev/full", "it is no file"), (".", "it is no file")])
def test_a_history_that_can_not_be_kept_is_said_at_once(load: Any, terminal: Terminal, tmp_path: Path, file: str, why: str) -> None:
    with pytest.raises(SpinebotError, match=f"can't be the history: {why}"):
        run_chat(load, source=terminal.keys, output=terminal.output, history=str(tmp_path / file))


def test_a_history_on_a_full_disk_does_not_end_the_chat(load: Any, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("prompt_toolkit.history.FileHistory.store_string", full)
    assert terminal.run(load, "hello\r", UP + "\r", LEAVE, history=str(tmp_path / "asked")).count("heard: hello") == 2


# --- what a terminal can show --------------------------------------------------------------------------------------


def test_without_colour_nothing_is_lost(bot: Bot) -> None:
    with create_pipe_input() as keys:
        plain = Terminal(keys, 50, ColorDepth.DEPTH_1_BIT)
        text = plain.run(lambda: bot, "I lost control of my bladder and can't feel between my legs\r", "\x04")
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-7]|9[0-7])m", plain.raw), "no colours"
    assert "!! GET HELP NOW" in text


def test_plain_ascii_where_it_is_asked_for(bot: Bot, terminal: Terminal) -> None:
    text = terminal.run(lambda: bot, "Does lupus need treatment?\r", LEAVE, ascii=True)
    assert "  | " in text and "│" not in text


# --- a real terminal -----------------------------------------------------------------------------------------------


class Pseudo:
    """The command in a pseudo-terminal of its own."""

    def __init__(self, *arguments: str, columns: int = 80, program: Sequence[str] = (sys.executable, "-m", "spinebot"), **variables: str) -> None:
        source = str(Path(spinebot.__file__).resolve().parents[1])
        environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "EDITING_MODE")}
        self.process, self.end = os.forkpty()
        if not self.process:
            os.execvpe(program[0], [*program, *arguments], {**environment, "PYTHONPATH": source, "PYTHONUTF8": "1", "TERM": "xterm", **variables})
        self.resize(columns)
        self.output = ""

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def until(self, wanted: str, seconds: float = 20) -> str:
        """Read until `wanted` is there; what was read."""
        read, stop = "", time.monotonic() + seconds
        while wanted not in ESCAPES.sub("", read).replace("\r", ""):
            assert time.monotonic() < stop, f"{wanted!r} never came: {read!r}"
            read += self._read(0.1)
        return ESCAPES.sub("", read).replace("\r", "")

    def _read(self, seconds: float) -> str:
        if not select.select([self.end], [], [], seconds)[0]:
            return ""
        try:
            read = os.read(self.end, 65536).decode(errors="replace")
        except OSError:
            read = ""
        if "\x1b[6n" in read:
            os.write(self.end, b"\x1b[1;1R")  # Where the cursor is, as real terminals answer.
        self.output += read
        return read

    def type(self, keys: str) -> None:
        os.write(self.end, keys.encode())

    def leave(self, seconds: float = 20) -> int:
        """The exit code, waited for."""
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            self._read(0.05)
            done, status = os.waitpid(self.process, os.WNOHANG)
            if done:
                with contextlib.suppress(OSError):
                    os.close(self.end)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.process, signal.SIGKILL)
        raise AssertionError(f"it never left: {self.output!r}")

    @property
    def modes(self) -> int:
        """Whether the terminal echoes and reads whole lines, as a shell finds it."""
        return termios.tcgetattr(self.end)[3] & (termios.ECHO | termios.ICANON | termios.ISIG)


READY = "/help  ·  Ctrl-D: leave"


def test_a_dumb_terminal_gets_no_escape_codes() -> None:
    terminal = Pseudo(TERM="dumb")
    terminal.until("leaves.")
    terminal.type("Does lupus need treatment?\n")
    terminal.until("substitute")
    terminal.type("/quit\n")
    assert terminal.leave() == 0 and "\x1b" not in terminal.output
    assert "treated" in terminal.output and "  * " in terminal.output


def test_a_screen_reader_hears_words_instead_of_marks_and_nothing_twice() -> None:
    terminal = Pseudo("chat", "--linear")
    terminal.until("leaves.")
    terminal.type("Does lupus need treatment?\n")
    heard = terminal.until("substitute")
    terminal.type("/quit\n")
    assert terminal.leave() == 0 and "\x1b" not in terminal.output
    assert "The article says: Lupus has to be medically treated." in heard and "Note: " in heard
    assert not set("│•*") & set(terminal.output)


def test_no_color_is_obeyed() -> None:
    terminal = Pseudo(NO_COLOR="1")
    terminal.until(READY)
    terminal.type("i cant feel my legs and i wet myself\r")
    terminal.until("GET HELP NOW")
    terminal.type(LEAVE)
    assert terminal.leave() == 0
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-8]|9[0-7])\b[0-9;]*m", terminal.output)


def test_a_broken_folder_is_said_after_the_prompt_was_there(tmp_path: Path) -> None:
    terminal = Pseudo("--bot", str(tmp_path))
    code = terminal.leave()
    assert code == 2 and "Traceback" not in terminal.output
    assert "intents.yaml: no such file" in terminal.output


def test_the_line_of_keys_names_the_topic_in_hand() -> None:
    terminal = Pseudo()
    terminal.until(READY)
    terminal.type("is lupus rare\r")
    terminal.until(" lupus  ·  Tab: what to ask  ·  /help  ·  Ctrl-D: leave")
    terminal.type(LEAVE)
    assert terminal.leave() == 0


@pytest.mark.parametrize("leave", ["\x04", "/quit\r"])
def test_leaving_gives_the_terminal_back_as_it_was(leave: str) -> None:
    terminal = Pseudo()
    before = terminal.modes
    terminal.until(READY)
    assert terminal.modes != before
    terminal.type(leave)
    time.sleep(0.5)
    after = terminal.modes
    assert terminal.leave() == 0 and after == before and "Traceback" not in terminal.output


def test_a_reply_is_wrapped_to_the_window_as_it_is_now() -> None:
    terminal = Pseudo(columns=80)
    terminal.until(READY)
    terminal.resize(30)
    terminal.type("Does lupus need treatment?\r")
    terminal.until("│ Lupus has to be medically\n")
    terminal.until("Tab: what to ask")
    terminal.resize(80)
    terminal.type("Does lupus need treatment?\r")
    shown = terminal.until("substitute")
    assert "* Lupus has to be treated by doctors; don't leave it or change its treatment\n" in shown
    terminal.type(LEAVE)
    assert terminal.leave() == 0


def test_a_window_of_ten_columns_still_talks() -> None:
    terminal = Pseudo(columns=10)
    terminal.type("is lupus rare\r")
    shown = terminal.until("Related")
    assert "rare," in shown
    terminal.type(LEAVE)
    assert terminal.leave() == 0 and "Traceback" not in terminal.output


def test_a_terminal_that_dies_takes_the_chat_with_it() -> None:
    terminal = Pseudo()
    terminal.until(READY)
    os.close(terminal.end)
    stop = time.monotonic() + 10
    while not os.waitpid(terminal.process, os.WNOHANG)[0]:
        assert time.monotonic() < stop, "it runs on without a terminal"
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_signal_to_end_gives_the_terminal_back(name: str) -> None:
    terminal = Pseudo()
    before = terminal.modes
    terminal.until(READY)
    terminal.type("half a mess")
    terminal.until("half a mess")
    os.kill(terminal.process, getattr(signal, name))
    time.sleep(0.5)
    after = terminal.modes
    code = terminal.leave()
    assert after == before and "Traceback" not in terminal.output
    assert code == 128 + getattr(signal, name), "whoever sent it sees that it was heard"


def test_lines_are_brought_back_for_a_screen_reader_too(tmp_path: Path) -> None:
    kept = tmp_path / "asked"
    terminal = Pseudo("chat", "--linear", "--history", str(kept))
    terminal.until("leaves.")
    terminal.type("is lupus rare\r")
    terminal.until("substitute")
    terminal.type(UP + "\r")
    terminal.until("substitute")
    terminal.type("/quit\r")
    assert terminal.leave() == 0 and "is lupus rare" in kept.read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_said_before_anything_else() -> None:
    terminal = Pseudo("--bot", "/nowhere")
    assert terminal.leave() == 2 and "no such folder" in terminal.output and "Ask in your own words" not in terminal.output


@pytest.mark.parametrize("stop", ["\x1a", "signal", "frozen"])
def test_stopping_gives_the_terminal_back_and_going_on_brings_back_what_was_typed(stop: str) -> None:
    terminal = Pseudo(program=["bash", "--norc", "--noprofile", "-i"], PS1="shell: ")
    terminal.until("shell: ")
    terminal.type(f"{sys.executable} -m spinebot\n")
    terminal.until(READY)
    terminal.type("half a mess")
    terminal.until("half a mess")
    if stop != "\x1a":
        os.kill(os.tcgetpgrp(terminal.end), signal.SIGTSTP if stop == "signal" else signal.SIGSTOP)
    else:
        terminal.type(stop)
    terminal.until("Stopped")
    terminal.type("echo as it $((40 + 2)) was\n")
    terminal.until("as it 42 was")
    terminal.type("fg\n")
    terminal.until("> half a mess")
    terminal.type("age\r")
    terminal.until(READY)
    terminal.type(LEAVE)
    terminal.until("shell: ")
    terminal.type("exit\n")
    assert terminal.leave() == 0


def test_keys_pressed_during_a_wait_are_in_the_next_line() -> None:
    terminal = Pseudo()
    terminal.until(READY)
    terminal.type(pasted("my back hurts and my neck too " * 5_000) + "\r")
    terminal.until("a long text")
    terminal.type("typed meanwhile")
    assert "typed meanwhile" in terminal.until("typed meanwhile", 60)
    assert terminal.output.index("substitute") < terminal.output.index("typed")
    terminal.type("\x15" + LEAVE)
    assert terminal.leave() == 0


def test_ctrl_c_gives_up_a_long_wait_and_not_the_chat() -> None:
    terminal = Pseudo()
    terminal.until(READY)
    terminal.type(pasted("my back hurts and my neck too " * 50_000) + "\r")
    terminal.until("a long text")
    terminal.type("\x03")
    terminal.until("Given up: that message has no reply.", 60)
    terminal.type("is lupus rare\r")
    terminal.until("substitute")
    terminal.type(LEAVE)
    assert terminal.leave() == 0
