"""The proof of a saved conversation: what was said passes, and one wrong byte of it is found, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from spinebot import Bot, SpinebotError
from spinebot.cli import main
from spinebot.testing.saved import read_saved
from spinebot.testing.verify import Proof, verify
from spinebot.transcript import Turn, to_json
from spinebot.web import app as web_app
from spinebot.web.settings import Settings

TALK = [
    "is lupsu treated", "i cant feel my legs and i wet myself", "what can compress a nerve?", "thanks", "and surgery?", "",
    "should i take painkillers", "what is the price of a car", "\ud800 背中 😀",
]  # fmt: skip

Talk = Callable[..., object]
Change = Callable[[dict[str, Any]], None]


@cache
def whole_bot() -> Bot:
    return Bot.load()


@cache
def transcript() -> str:
    """A conversation as the terminal saves it."""
    conversation = whole_bot().conversation("1")
    turns = []
    for text in TALK:
        before = conversation.dialogue
        turns.append(Turn(text, conversation.say(text), before))
    return to_json(turns, whole_bot().corpus.articles)


def proved(path: Path, text: str | bytes, said: list[str] | None = None) -> Proof:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return verify(read_saved(path, said), whole_bot())


def changed(change: Change) -> str:
    values = json.loads(transcript())
    change(values)
    return json.dumps(values)


def kept() -> dict[str, Any]:
    """The same conversation as the server gives it out."""
    messages = json.loads(transcript())["messages"]
    return {"conversation": "0" * 32, "turns": len(messages), "topics": [], "suggestions": [], "messages": messages}


def replies() -> list[dict[str, Any]]:
    return [message["reply"] for message in json.loads(transcript())["messages"]]


def test_what_was_said_passes(tmp_path: Path) -> None:
    proof = proved(tmp_path / "a.json", transcript())
    assert proof.faults == [] and proof.notes == []
    assert (proof.messages, proof.quotes, proof.caveats) == (len(TALK), sum(len(one["quotes"]) for one in replies()), sum(len(one["caveats"]) for one in replies()))
    assert proof.quotes > 5 and proof.caveats > 8


def test_what_a_server_kept_passes(tmp_path: Path) -> None:
    assert proved(tmp_path / "a.json", json.dumps(kept())).faults == []


def test_replies_one_a_line_pass_and_what_was_not_checked_is_said(tmp_path: Path) -> None:
    lines = "".join(json.dumps(one) + "\n" for one in replies())
    proof = proved(tmp_path / "a.jsonl", lines)
    assert proof.faults == []
    assert proof.notes == ["the user's words are not in the file: caveats and warnings that they alone call for were not checked"]


def test_replies_are_proved_whole_with_the_messages_that_they_answer(tmp_path: Path) -> None:
    said = ["is lupsu treated", "and surgery?", "", "thanks"]
    first, second = whole_bot().conversation("1"), whole_bot().conversation("2")
    talk = [first.say(said[0]), first.say(said[1]), second.say(said[3])]
    values = [reply.to_dict() for reply in talk]
    proof = proved(tmp_path / "a.jsonl", "\n".join(map(json.dumps, values)), said)
    assert (proof.faults, proof.notes) == ([], [])
    values[1]["suggestions"] = []
    (fault,) = proved(tmp_path / "a.jsonl", "\n".join(map(json.dumps, values)), said).faults
    assert fault.startswith("message 2: the bot says something else to the same words: 'suggestions'")
    with pytest.raises(SpinebotError, match="holds 3 replies, the messages are 1"):
        proved(tmp_path / "a.jsonl", "\n".join(map(json.dumps, values)), said[:1])


def test_explanations_are_let_be_and_that_is_said(tmp_path: Path) -> None:
    proof = proved(tmp_path / "a.jsonl", json.dumps({**replies()[0], "explanation": {}}))
    assert proof.faults == [] and any("explanations" in note for note in proof.notes)


def test_one_reply_is_a_file_too(tmp_path: Path) -> None:
    assert proved(tmp_path / "a.jsonl", json.dumps(replies()[0])).messages == 1


def test_what_each_channel_saves_passes(bot: Bot, tmp_path: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The files as the channels themselves write them, not as they are made here."""
    said = [text for text in TALK if text and text.isprintable()]
    talk(bot, *said, f"/save {tmp_path / 'terminal.json'}", "/quit")
    assert main(["verify", str(tmp_path / "terminal.json")]) == 0

    monkeypatch.setattr(web_app, "Bots", lambda *_: SimpleNamespace(current=bot))
    with TestClient(web_app.create_app(Settings(rate="", keep_messages=True))) as client:
        name = None
        for text in TALK:
            name = client.post("/api/messages", content=json.dumps({"text": text, "conversation": name}), headers={"Content-Type": "application/json"}).json()["conversation"]
        (tmp_path / "server.json").write_bytes(client.get(f"/api/conversations/{name}").content)
    assert main(["verify", str(tmp_path / "server.json")]) == 0

    lines = "\n".join([*said, "", *said]) + "\n"
    (tmp_path / "said.txt").write_text(lines, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(lines.encode()), "utf-8"))
    capfd.readouterr()
    assert main(["chat", "--json"]) == 0
    (tmp_path / "pipe.jsonl").write_text(capfd.readouterr().out)
    assert main(["verify", str(tmp_path / "pipe.jsonl"), "--messages", str(tmp_path / "said.txt")]) == 0


def reply(number: int, values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = values["messages"][number - 1]["reply"]
    return found


def one_letter(text: str) -> str:
    return text[:5] + ("x" if text[5] != "x" else "y") + text[6:]


def quote(key: str, value: object) -> Change:
    return lambda values: reply(1, values)["quotes"][0].update({key: value})


def misquote(values: dict[str, Any]) -> None:
    reply(1, values)["quotes"][0]["text"] = one_letter(reply(1, values)["quotes"][0]["text"])


def misanswer(values: dict[str, Any]) -> None:
    reply(1, values)["answer"] = one_letter(reply(1, values)["answer"])


def mistell(values: dict[str, Any]) -> None:
    """Everything agrees with itself, and nothing with the article."""
    one = reply(1, values)
    text, wrong = one["quotes"][0]["text"], one_letter(one["quotes"][0]["text"])
    one["text"], one["answer"] = one["text"].replace(text, wrong), one["answer"].replace(text, wrong)
    one["quotes"][0]["text"] = wrong


def drop(number: int, name: str) -> Change:
    """A caveat gone without a trace: from the list and from the text."""

    def change(values: dict[str, Any]) -> None:
        one = reply(number, values)
        (gone,) = (caveat for caveat in one["caveats"] if caveat["id"] == name)
        one["caveats"].remove(gone)
        one["text"] = one["text"].replace(gone["text"] + "\n", "")
        assert gone["text"] not in one["text"]

    return change


def soften(values: dict[str, Any]) -> None:
    one = reply(1, values)
    caveat = one["caveats"][0]
    wrong = one_letter(caveat["text"])
    one["text"] = one["text"].replace(caveat["text"], wrong)
    caveat["text"] = wrong


def hide(values: dict[str, Any]) -> None:
    one = reply(1, values)
    one["text"] = one["text"].replace(one["caveats"][0]["text"], "")


def postpone(values: dict[str, Any]) -> None:
    one = reply(2, values)
    one["text"] = one["text"].replace(one["urgent"]["text"], "").strip() + "\n" + one["urgent"]["text"]


def calm(values: dict[str, Any]) -> None:
    one = reply(2, values)
    one["text"] = one["text"].replace(one["urgent"]["text"], "").strip()
    one["urgent"], one["kind"] = None, "no_answer"


@pytest.mark.parametrize(("change", "said"), [
    (misquote, "message 1: quote 1: at "),
    (mistell, "message 1: quote 1: at "),
    (misanswer, "message 1: 'answer' is not what is quoted; they part at character 5"),
    (quote("start", 0), "message 1: quote 1: at 0-"),
    (quote("start", -1), "message 1: quote 1: at "),
    (quote("end", 10**9), "message 1: quote 1: at "),
    (quote("article", "other"), "message 1: quote 1: there is no article 'other'"),
    (quote("passage", "other"), "message 1: quote 1: stands in passage "),
    (quote("heading", ["Other"]), "message 1: quote 1: stands under "),
    (lambda values: values["articles"].update({next(iter(values["articles"])): "0" * 64}), "is not the one that was quoted: its SHA-256 is "),
    (lambda values: values["articles"].update(other="0" * 64), "article 'other' is none of the bot's"),
    (lambda values: values["articles"].clear(), "of the bot is not in the transcript"),
    (drop(1, "general"), "message 1: a reply of kind 'answer' lacks the caveat 'general'"),
    (drop(1, "lupus"), "message 1: lacks the caveat 'lupus', which a sentence that it quotes calls for"),
    (drop(7, "medication"), "message 7: lacks the caveats medication, which the bot attaches to the same words"),
    (soften, "message 1: caveat 'lupus' is not word for word the bot's; they part at character 5"),
    (hide, "message 1: caveat 'lupus' is not in the text"),
    (lambda values: reply(1, values)["caveats"][0].update(id="other"), "message 1: there is no caveat 'other'"),
    (lambda values: reply(1, values)["caveats"].reverse(), "message 1: the bot says something else to the same words: 'caveats'"),
    (postpone, "message 2: urgent advice is not first"),
    (calm, "message 2: the bot says something else to the same words: 'kind' is 'urgent'"),
    (lambda values: reply(2, values).update(kind="answer"), "message 2: is of kind 'answer', but has urgent advice"),
    (lambda values: reply(4, values).update(text="You're welcome!!"), "message 4: the bot says something else to the same words: 'text' is "),
    (lambda values: values["messages"].pop(0), "message "),
], ids=lambda value: "" if callable(value) else value[:40].replace(" ", "_"))  # fmt: skip
def test_what_is_wrong_is_named_with_its_message(tmp_path: Path, change: Change, said: str) -> None:
    faults = proved(tmp_path / "a.json", changed(change)).faults
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("as_server", [False, True])
@given(data=st.data())
def test_one_wrong_byte_is_found_wherever_it_stands(tmp_path: Path, as_server: bool, data: st.DataObject) -> None:
    """All that may pass is a file that says the same, in other blanks or other escapes, or other words of the user's that are replied to so."""
    right = (json.dumps(kept(), ensure_ascii=False) if as_server else transcript()).encode("utf-8", "replace")
    at = data.draw(st.integers(0, len(right) - 1))
    wrong = bytearray(right)
    wrong[at] ^= data.draw(st.integers(1, 255))
    try:
        faults = proved(tmp_path / "a.json", bytes(wrong)).faults
    except SpinebotError:
        return
    assert faults or sense(bytes(wrong)) == sense(right), right[max(0, at - 30) : at + 30]


def sense(text: bytes) -> object:
    """What a transcript says for the bot: not what the user said, nor the name of the conversation, nor what the server tells beside it."""
    values = json.loads(text)
    for message in values["messages"]:
        message["user"] = message["reply"]["conversation"] = ""
    return [values.get("articles"), values["messages"]]


@given(data=st.data())
def test_one_wrong_byte_of_replies_alone_is_found_in_quotes_caveats_and_advice(tmp_path: Path, data: st.DataObject) -> None:
    right = replies()
    number = data.draw(st.integers(0, len(right) - 1))
    one = right[number]
    texts = [("quotes", at, "text") for at in range(len(one["quotes"]))] + [("caveats", at, "text") for at in range(len(one["caveats"]))]
    if not texts:
        return
    key, at, inner = data.draw(st.sampled_from(texts))
    text = one[key][at][inner]
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda letter: letter != text[place]))
    one[key][at][inner] = text[:place] + letter + text[place + 1 :]
    faults = proved(tmp_path / "a.jsonl", "\n".join(map(json.dumps, right))).faults
    assert faults and all(fault.startswith(f"message {number + 1}: ") for fault in faults)


def test_messages_that_the_server_let_go_are_missed(tmp_path: Path) -> None:
    """What the rest leans on is gone: that can't be called proved."""
    (fault,) = proved(tmp_path / "a.json", json.dumps({**kept(), "turns": len(TALK) + 3})).faults
    assert fault.startswith("the first 3 messages are not in the file")


def test_the_command_says_passed_failed_or_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(transcript())
    assert main(["verify", str(path)]) == 0
    assert capsys.readouterr() == (f"{path}: {proved(path, transcript())}: each as it must be\n", "")
    path.write_text(changed(misquote))
    assert main(["verify", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"{path}: message 1: quote 1: at ")
    path.write_text("{}")
    assert main(["verify", str(path)]) == 2
    assert main(["verify", str(tmp_path / "none.json")]) == 2
    assert main(["verify", str(path), "--messages", str(tmp_path / "none.txt")]) == 2


def test_the_command_takes_what_was_said_and_the_country(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    conversation = Bot.load(country="uk").conversation("1")
    said = ["i cant feel my legs and i wet myself", "thanks"]
    (tmp_path / "said.txt").write_text("\n".join(said))
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(conversation.say(text).to_dict()) for text in said))
    command = ["verify", str(tmp_path / "a.jsonl"), "--messages", str(tmp_path / "said.txt")]
    assert main([*command, "--country", "uk"]) == 0
    assert main(command) == 1
