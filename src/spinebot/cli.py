"""The commands. The only module that turns errors into exit codes; what is heavy is imported by the command that needs it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from .errors import Fault, SpinebotError
from .options import make_parser, parse_arguments

if TYPE_CHECKING:
    from .bot import Bot, Conversation
    from .transcript import Turn

#: Exit codes: done; a check failed, or the output can't be written; wrong usage or a broken bot folder; Ctrl-C.
DONE, FAILED, BROKEN, INTERRUPTED = 0, 1, 2, 130

def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    try:
        asked = parse_arguments(arguments)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        code = _COMMANDS[asked.command or "chat"](asked)
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


def _chat(asked: argparse.Namespace, keep: Callable[[Sequence[Turn]], None] | None = None) -> int:
    if not asked.json and _is_terminal(sys.stdin) and _is_terminal(sys.stdout):
        from .terminal.session import run_chat

        _check_folder(asked.bot)
        run_chat(
            lambda: load_bot(asked.bot, asked.country),
            explain=asked.explain, linear=asked.linear, ascii=asked.ascii, vi=asked.vi, history=os.path.expanduser(asked.history),
            keep=keep,
        )
        return DONE
    bot = load_bot(asked.bot, asked.country)
    if sys.stdin is None:
        return DONE
    number, first = 1, True
    conversation = bot.conversation("1")
    turns: list[Turn] = []
    for line in _lines(sys.stdin.buffer):
        if not line:
            number += bool(conversation.dialogue.turns)
            conversation, turns = bot.conversation(str(number)), []
            continue
        if not first and not asked.json:
            print()
        first = False
        turns.append(_print_reply(conversation, line, asked))
        if keep is not None:
            keep(turns)
    return DONE


def _record(asked: argparse.Namespace) -> int:
    """Talk; what is said becomes a script."""
    from .testing.recording import Recorder

    recorder = Recorder(Path(asked.script), exactly=asked.exactly)
    code = _chat(asked, recorder.keep)
    if recorder.steps:
        print(f"{asked.script}: {recorder.steps} step{'s' * (recorder.steps != 1)} kept", file=sys.stderr)
    else:
        print(f"{asked.script}: nothing was said, nothing was kept", file=sys.stderr)
    return code


def _convert(asked: argparse.Namespace) -> int:
    """Convert files; what is lost goes to standard error, and is no failure."""
    from .testing.convert import convert

    done = convert(asked.sources, asked.to, asked.output)
    _print_faults(done.notes)
    for path in done.written:
        print(path)
    return DONE


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines of UTF-8, each as soon as it is there; what is not UTF-8 is replaced."""
    for at, line in enumerate(iter(stream.readline, b"")):
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", errors="replace")
        yield text if at else text.removeprefix("\ufeff")


def _ask(asked: argparse.Namespace) -> int:
    _print_reply(load_bot(asked.bot, asked.country).conversation("1"), " ".join(asked.text), asked)
    return DONE


def _print_reply(conversation: Conversation, text: str, asked: argparse.Namespace) -> Turn:
    from .transcript import Turn

    why = None
    if asked.explain:
        from .explain import explain, render_explanation

        why = explain(conversation.bot, text, conversation.dialogue)
    before = conversation.dialogue
    turn = Turn(text, conversation.say(text), before)
    if asked.json:
        import json

        values = turn.reply.to_dict()
        if why is not None:
            values["explanation"] = why.to_dict()
        print(json.dumps(values), flush=True)
        return turn
    from .render import WIDEST, marks_for, render

    width = min(shutil.get_terminal_size().columns, WIDEST) if _is_terminal(sys.stdout) else 0
    print(render(turn.reply, width, marks_for(getattr(sys.stdout, "encoding", None))), flush=True)
    if why is not None:
        print("\n" + render_explanation(why, width or WIDEST), flush=True)
    return turn


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


def _verify(asked: argparse.Namespace) -> int:
    """Prove a saved conversation, or say what is wrong in it."""
    from .render import visible
    from .testing.saved import read_saved
    from .testing.verify import verify
    from .yamlfile import load_text

    said = load_text(Path(asked.messages)).split("\n") if asked.messages else None
    saved = read_saved(Path(asked.file), said)
    proof = verify(saved, load_bot(asked.bot, asked.country))
    for line in [*proof.faults, *proof.notes]:
        print(visible(f"{asked.file}: {line}".replace("\n", " ")), file=sys.stderr)
    if proof.faults:
        return FAILED
    print(visible(f"{asked.file}: {proof}: each as it must be"))
    return DONE


def _mutate(asked: argparse.Namespace) -> int:
    """Whether scripted conversations notice each rule's loss."""
    bot = load_bot(asked.bot)
    from .testing.survivors import mutate

    return mutate(bot, asked.paths, asked.only, alone=asked.rules_alone, as_json=asked.json)


def _test(asked: argparse.Namespace) -> int:
    """Play scripted conversations, once or after every change."""
    from .testing.runner import Source
    from .testing.suite import Settings, run_suite
    from .testing.watching import watch

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


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "chat": _chat, "ask": _ask, "check": _check, "serve": _serve, "test": _test, "record": _record, "convert": _convert, "verify": _verify,
    "mutate": _mutate, "completion": _completion,
}  # fmt: skip


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
