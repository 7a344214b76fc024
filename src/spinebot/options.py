"""The command line: every command with its options, and what --help says of them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import __version__

#: The exit code of wrong usage.
BROKEN = 2

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
    verify = commands.add_parser(
        "verify", parents=[folder], allow_abbrev=False, help="prove a saved conversation: every quote and caveat, byte for byte",
        description="Work out anew every quote and caveat of a saved conversation: /save FILE.json, GET /api/conversations/ID, or chat --json.",
    )
    verify.add_argument("file", metavar="TRANSCRIPT.json", help="the saved conversation")
    verify.add_argument("--messages", metavar="FILE", help="what spinebot chat --json was given, where the file holds its replies")
    verify.add_argument("--country", metavar="ID", default=unset, help="whose telephone numbers urgent advice gave, such as uk or us")
    _add_mutate(commands, folder)
    _add_scripts(commands, chat)
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


def _add_mutate(commands: argparse._SubParsersAction[_Parser], folder: _Parser) -> None:
    mutate = commands.add_parser(
        "mutate", parents=[folder], allow_abbrev=False, help="does a test notice when a rule is missing?",
        description="Take every rule of the bot away in turn, play scripted conversations, and list the rules whose loss turns none red.",
    )
    mutate.add_argument("paths", metavar="PATH", nargs="+", help="a script, or a folder with *.chat.yaml somewhere below")
    mutate.add_argument("--only", metavar="SECTION", action="append", default=[], help="only rules of this section of intents.yaml; repeatable")
    mutate.add_argument("--rules-alone", action="store_true", help="without what was learned, which makes up for some rules that are missing")
    mutate.add_argument("--json", action="store_true", help="every mutant as JSON, with the conversation that notices it")


def _add_scripts(commands: argparse._SubParsersAction[_Parser], chat: _Parser) -> None:
    """The commands that write scripted conversations."""
    record = commands.add_parser(
        "record", parents=[chat], allow_abbrev=False, help="talk, and keep what is said as a test",
        description="Talk, and add what is said to a script as conversations that hold. From a pipe: one message a line, an empty line begins a new one.",
    )
    record.add_argument("script", metavar="FILE.chat.yaml", help="the script, made where it is not there yet")
    record.add_argument("--exactly", action="store_true", help="hold the replies to their whole text, word for word")
    convert = commands.add_parser(
        "convert", allow_abbrev=False, help="scripts from Botium's or Rasa's files, and Botium's from scripts",
        description="Convert Botium's *.convo.txt and Rasa's test stories to *.chat.yaml, and *.chat.yaml to *.convo.txt. What is lost is said.",
    )
    convert.add_argument("sources", metavar="SOURCE", nargs="+", help="a file, or a folder of them")
    convert.add_argument("--to", choices=("script", "botium"), default="", help="what to write (default: what a source is not yet)")
    convert.add_argument("-o", "--output", metavar="DIR", type=Path, help="where to write (default: beside the source)")


def _add_test(commands: argparse._SubParsersAction[_Parser], folder: _Parser) -> None:
    """The options of a run of scripted conversations; what they leave out is as `testing.suite.Settings` has it."""
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
    test.add_argument("--update", action="store_true", default=unset, help="write the golden texts (exactly) of failed steps anew, and show the difference")
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
