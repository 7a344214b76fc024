"""The commands. The only module that turns errors into exit codes; what is heavy is imported by the command that needs it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from . import __version__
from .errors import Fault, SpinebotError

if TYPE_CHECKING:
    from .bot import Bot, Conversation

#: Exit codes: done; a check failed, or the output can't be written; wrong usage or a broken bot folder; Ctrl-C.
DONE, FAILED, BROKEN, INTERRUPTED = 0, 1, 2, 130

EXAMPLES = """\
examples:
  spinebot                                         talk in the terminal
  spinebot ask "Can lupus hurt my back?"           one message, one reply
  spinebot ask --explain "slipped disc surgery?"   and why it replies so
  spinebot chat --json < messages.txt              one message a line, one JSON reply a line
  spinebot chat --linear                           plain lines, for a screen reader
  spinebot serve --allow-origin https://my.site    the widget for a website, on port 8000
  spinebot check --bot my-bot                      every fault of a bot folder, with file and line
  spinebot test tests/                             play every *.chat.yaml there: does the bot still say what it should?
  eval "$(spinebot completion bash)"               Tab completes this command in bash
"""

SHELLS = ("bash", "zsh", "fish")
COMPLETION = """\
Put it where the shell looks for it:
  bash   spinebot completion bash > ~/.local/share/bash-completion/completions/spinebot
  zsh    spinebot completion zsh > ~/.zfunc/_spinebot      (with fpath+=~/.zfunc before compinit in ~/.zshrc)
  fish   spinebot completion fish > ~/.config/fish/completions/spinebot.fish
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BROKEN, f"{self.prog}: {message}\ntry '{self.prog} --help'\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    unset = argparse.SUPPRESS
    folder = _Parser(add_help=False)
    folder.add_argument("--bot", metavar="DIR", default=unset, help="the bot folder: corpus/ and intents.yaml (default: the spine bot)")
    talk = _Parser(add_help=False, parents=[folder])
    talk.add_argument("--country", metavar="ID", default=unset, help="whose telephone numbers urgent advice gives, such as uk or us")
    talk.add_argument("--json", action="store_true", default=unset, help="replies as JSON, one a line")
    talk.add_argument("--explain", action="store_true", default=unset, help="also print what was understood, found and decided")
    chat = _Parser(add_help=False, parents=[talk])
    window = chat.add_argument_group("in a terminal")
    window.add_argument("--linear", action="store_true", default=unset, help="plain lines, nothing drawn twice, marks as words: for screen readers")
    window.add_argument("--ascii", action="store_true", default=unset, help="no letters but ASCII")
    window.add_argument("--vi", action="store_true", default=unset, help="Vi's keys; as is EDITING_MODE=vi")
    window.add_argument("--history", metavar="FILE", default=unset, help="keep what you ask in a file (default: in memory only)")

    about = "A chatbot that answers by quoting one article. It is a program, not a doctor."
    layout = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="spinebot", description=about, epilog=EXAMPLES, formatter_class=layout, parents=[chat], allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"spinebot {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=_Parser)
    commands.add_parser(
        "chat", parents=[chat], allow_abbrev=False, help="talk; the command where none is named",
        description="Talk in the terminal. From a pipe: one message a line, an empty line begins a new conversation.",
    )
    ask = commands.add_parser("ask", parents=[talk], allow_abbrev=False, help="one message, one reply", description="One message, one reply.")
    ask.add_argument("text", metavar="TEXT", nargs="+", help="the message; after -- where it begins with a dash")
    commands.add_parser(
        "check", parents=[folder], allow_abbrev=False, help="list every fault of a bot folder",
        description="List every fault of a bot folder with file and line, and try the question of each of its answers.",
    )
    _add_serve(commands, folder)
    _add_test(commands, folder)
    completion = commands.add_parser(
        "completion", allow_abbrev=False, help="what makes Tab complete this command in bash, zsh or fish", formatter_class=layout,
        description="Print what makes Tab complete this command.", epilog=COMPLETION,
    )
    completion.add_argument("shell", choices=SHELLS, help="for which shell")
    return parser


def _add_serve(commands: argparse._SubParsersAction[_Parser], folder: _Parser) -> None:
    """The options of the web server; what they leave out is as `web.settings.Settings` has it."""
    unset = argparse.SUPPRESS
    serve = commands.add_parser(
        "serve", parents=[folder], allow_abbrev=False, help="the web server with the widget (extra: spinebot[web])",
        description="Serve the widget and the API. Ctrl-C stops it, SIGHUP loads the bot folder anew.",
    )
    serve.add_argument("--country", metavar="ID", default=unset, help="whose telephone numbers urgent advice gives, such as uk or us")
    serve.add_argument("--host", default=unset, help="the address to listen on (default: 127.0.0.1, this machine only)")
    serve.add_argument("--port", type=int, default=unset, help="the port (default: 8000)")
    serve.add_argument("--workers", type=int, metavar="N", default=unset, help="processes that answer (default: 1)")
    serve.add_argument("--store", metavar="URL", default=unset, help="where conversations are kept: memory, or redis://HOST:PORT (default: memory)")
    serve.add_argument("--keep-messages", action="store_true", default=unset, help="keep what was said with a conversation (default: only what it leans on)")
    serve.add_argument("--time-to-live", type=int, metavar="SECONDS", default=unset, help="how long a silent conversation is kept (default: 86400)")
    serve.add_argument("--most-conversations", type=int, metavar="N", default=unset, help="how many are kept in memory (default: 10000)")
    serve.add_argument("--allow-origin", action="append", metavar="ORIGIN", default=unset, help='a website that may use the API, "*" for all; repeatable')
    serve.add_argument("--proxy", action="append", metavar="ADDRESS", default=unset, help="a proxy whose X-Forwarded-For is believed; repeatable")
    serve.add_argument("--rate", metavar="N/PERIOD", default=unset, help='messages that one client may send, "" for any number (default: 60/minute)')
    serve.add_argument("--most-text", type=int, metavar="N", default=unset, help="how long a message may be, in characters (default: 4000)")


def _add_test(commands: argparse._SubParsersAction[_Parser], folder: _Parser) -> None:
    """The options of a run of scripted conversations; what they leave out is as `suite.Settings` has it."""
    unset = argparse.SUPPRESS
    test = commands.add_parser(
        "test", parents=[folder], allow_abbrev=False, help="play scripted conversations, *.chat.yaml",
        description="Play scripted conversations. Exits 0 when all pass, 1 when one fails, 2 when a script is faulty or there is none.",
    )
    test.add_argument("paths", metavar="PATH", nargs="+", help="a script, or a folder with *.chat.yaml somewhere below")
    test.add_argument("--country", metavar="ID", default="default", help="whose telephone numbers urgent advice gives, such as uk or us")
    test.add_argument("--url", default="", help="whom to talk with instead of the bot folder: http://HOST of a spinebot server, rasa+http://HOST")
    test.add_argument("-j", dest="jobs", type=_jobs, metavar="N", default=unset, help="processes that play, or auto: one a core (default: 1)")
    test.add_argument("-k", dest="words", metavar="EXPR", default=unset, help="only those whose name, tags or file hold this; with and, or, not and brackets")
    test.add_argument("--tag", dest="tags", action="append", metavar="TAG", default=unset, help="only those with this tag; repeatable, one of them is enough")
    test.add_argument("--fail-fast", action="store_true", default=unset, help="end with the first that fails")
    test.add_argument("--watch", action="store_true", default=False, help="play again when a script or the bot folder changes; Ctrl-C ends")
    outputs = test.add_argument_group("output", "each to a file, or to standard output: -")
    outputs.add_argument("--junit", metavar="FILE", default=unset, help="JUnit's XML, for build servers")
    outputs.add_argument("--json", metavar="FILE", nargs="?", const="-", default="", help="everything as JSON (without FILE: to standard output)")
    outputs.add_argument("--tap", metavar="FILE", nargs="?", const="-", default=unset, help="the Test Anything Protocol (without FILE: to standard output)")
    outputs.add_argument("--html", metavar="FILE", default=unset, help="one file for a browser: transcripts, coverage, filters")
    test.add_argument("--cover", action="store_true", default=unset, help="tell which passages, caveats, red flags ... were reached")
    test.add_argument("--fail-under", type=float, metavar="PERCENT", default=unset, help="fail when less than this is covered")


def _jobs(text: str) -> int:
    """How many processes -j means."""
    number = (os.cpu_count() or 1) if text == "auto" else int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: give 1 or more, or auto")
    return number


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line. Exits 2 where it is wrong."""
    unset = argparse.Namespace(command="chat", bot=None, json=False, explain=False, country="default", linear=False, ascii=False, vi=False, history="")
    return make_parser().parse_args(arguments, unset)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    try:
        asked = parse_arguments(arguments)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        code = {"chat": _chat, "ask": _ask, "check": _check, "serve": _serve, "test": _test, "completion": _completion}[asked.command or "chat"](asked)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SpinebotError as error:
        _print_faults(error.faults)
        return error.exit_code
    except KeyboardInterrupt:
        _forget_output()
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return DONE
    except OSError as error:
        _forget_output()
        print(f"spinebot: {error.strerror or error}", file=sys.stderr)
        return FAILED
    return code


def _forget_output() -> None:
    """Nothing more can be written: don't let Python try, and complain, when it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass


def _chat(asked: argparse.Namespace) -> int:
    if not asked.json and _is_terminal(sys.stdin) and _is_terminal(sys.stdout):
        from .terminal import run_chat

        _check_folder(asked.bot)
        run_chat(
            lambda: load_bot(asked.bot, asked.country),
            explain=asked.explain, linear=asked.linear, ascii=asked.ascii, vi=asked.vi, history=os.path.expanduser(asked.history),
        )
        return DONE
    bot = load_bot(asked.bot, asked.country)
    if sys.stdin is None:
        return DONE
    number, first = 1, True
    conversation = bot.conversation("1")
    for line in _lines(sys.stdin.buffer):
        if not line:
            number += bool(conversation.dialogue.turns)
            conversation = bot.conversation(str(number))
            continue
        if not first and not asked.json:
            print()
        first = False
        _print_reply(conversation, line, asked)
    return DONE


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines of UTF-8, each as soon as it is there; what is not UTF-8 is replaced."""
    for at, line in enumerate(iter(stream.readline, b"")):
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", errors="replace")
        yield text if at else text.removeprefix("\ufeff")


def _ask(asked: argparse.Namespace) -> int:
    _print_reply(load_bot(asked.bot, asked.country).conversation("1"), " ".join(asked.text), asked)
    return DONE


def _print_reply(conversation: Conversation, text: str, asked: argparse.Namespace) -> None:
    why = None
    if asked.explain:
        from .explain import explain, render_explanation

        why = explain(conversation.bot, text, conversation.dialogue)
    reply = conversation.say(text)
    if asked.json:
        import json

        values = reply.to_dict()
        if why is not None:
            values["explanation"] = why.to_dict()
        print(json.dumps(values), flush=True)
        return
    from .render import WIDEST, marks_for, render

    width = min(shutil.get_terminal_size().columns, WIDEST) if _is_terminal(sys.stdout) else 0
    print(render(reply, width, marks_for(getattr(sys.stdout, "encoding", None))), flush=True)
    if why is not None:
        print("\n" + render_explanation(why, width or WIDEST), flush=True)


def _check(asked: argparse.Namespace) -> int:
    """Every fault of the folder; where it loads, every answer whose own question is not answered by all that it quotes."""
    bot = load_bot(asked.bot)
    faults = []
    for answer in bot.answers:
        reply = bot.conversation("1").say(answer.ask)
        if not answer.said <= {(quote.article, quote.start) for quote in reply.quotes}:
            line = bot.rules["answers"][answer.id].line
            faults.append(Fault(bot.rules.path, line, f"answers.{answer.id}: its own question {answer.ask!r} gets {reply.intent}"))
    if faults:
        _print_faults(faults)
        return FAILED
    passages = [passage for article in bot.corpus.articles for passage in article.passages]
    counts = {
        "article": len(bot.corpus.articles), "passage": len(passages), "sentence": sum(len(passage.sentences) for passage in passages),
        "answer": len(bot.answers), "topic": len(bot.rules["topics"]), "red flag": len(bot.rules["red_flags"]), "caveat": len(bot.rules["caveats"]),
    }
    print(f"{_near(str(bot.folder))}: no fault in " + ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in counts.items()))
    return DONE


def _serve(asked: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    try:
        from .web.serving import serve
        from .web.settings import Settings
    except ModuleNotFoundError as error:
        raise SpinebotError.at("spinebot serve", 0, f"needs {error.name}: pip install 'spinebot[web]'") from None
    names = {"allow_origin": "origins", "proxy": "proxies"}
    chosen = {names.get(name, name): value for name, value in vars(asked).items() if names.get(name, name) in Settings.__slots__}
    return serve(Settings(**{**chosen, "bot": asked.bot or "", **{name: tuple(chosen[name]) for name in names.values() if name in chosen}}))


def _test(asked: argparse.Namespace) -> int:
    """Play scripted conversations, once or after every change."""
    from .runner import Source
    from .suite import Settings, run_suite
    from .watching import watch

    _check_folder(asked.bot)
    chosen: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in vars(asked).items() if name in Settings.__slots__}
    settings = Settings(source=Source(asked.bot or "", asked.country, asked.url), **chosen)
    return watch(settings) if asked.watch else run_suite(settings)


def _completion(asked: argparse.Namespace) -> int:
    """The script that a shell completes this command by."""
    import shtab

    parser = make_parser()
    for action in parser._actions:
        if action.dest == "bot":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.dest == "history":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, asked.shell))
    return DONE


def load_bot(folder: str | None, country: str = "default") -> Bot:
    """The bot of a folder. Raises SpinebotError with all faults of its corpus and of its rules together."""
    _check_folder(folder)
    from .bot import Bot

    try:
        return Bot.load(folder, country=country)
    except SpinebotError as error:
        raise SpinebotError(*dict.fromkeys([*error.faults, *(_faults_of(Path(folder)) if folder is not None else ())])) from None


def _check_folder(folder: str | None) -> None:
    if folder is not None and not Path(folder).is_dir():
        raise SpinebotError(Fault(folder, 0, "no such folder: name one with corpus/ and intents.yaml"))


def _faults_of(folder: Path) -> Iterator[Fault]:
    from .corpus import load_corpus
    from .rules import load_rules

    try:
        load_corpus(folder / "corpus")
    except SpinebotError as error:
        yield from error.faults
    try:
        load_rules(folder / "intents.yaml")
    except SpinebotError as error:
        yield from error.faults


def _print_faults(faults: Sequence[Fault]) -> None:
    from .render import visible

    for fault in sorted(faults):
        near = Fault(_near(fault.path), fault.line, fault.message)
        print(visible(str(near).replace("\n", " ")), file=sys.stderr)


def _near(path: str) -> str:
    """`path` as an editor started here can open it: relative where it is below the working directory."""
    try:
        return str(Path(path).resolve().relative_to(Path.cwd())) if Path(path).is_absolute() else path
    except (OSError, ValueError):
        return path


def _is_terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


if __name__ == "__main__":
    sys.exit(main())
