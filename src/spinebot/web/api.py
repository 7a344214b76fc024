"""The server's own API: messages, conversations, passages, feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .conversations import is_id
from .remembered import MOST_PACKED
from .requests import optional_text, read_object, text_of
from .store import StoreAway

if TYPE_CHECKING:
    from starlette.requests import Request

    from .conversations import Conversations

#: The header in which a reply brings the token of the dialogue, to be sent back as "dialogue".
DIALOGUE = "Dialogue"
#: Longer ids are not ours.
MOST_ID = 200
NO_CONVERSATION = "no such conversation: it never was, or its time is over"


def conversations_of(request: Request) -> Conversations:
    """The app's conversations."""
    found: Conversations = request.app.state.conversations
    return found


async def post_message(request: Request) -> Response:
    """One message, one reply."""
    values = await read_object(request)
    text = text_of(values, "text", request.app.state.settings)
    conversation = optional_text(values, "conversation", MOST_ID)
    reply, token = await conversations_of(request).say(text, conversation, optional_text(values, "dialogue", MOST_PACKED))
    return JSONResponse(reply.to_dict(), headers={DIALOGUE: token})


async def conversation(request: Request) -> Response:
    """What is known of one conversation, or that it is forgotten."""
    return await (_forget if request.method == "DELETE" else _tell)(request)


async def _tell(request: Request) -> Response:
    name = request.path_params["conversation"]
    try:
        kept = await conversations_of(request).kept(name)
    except StoreAway:
        raise HTTPException(503, "conversations can't be looked up now: try again in a moment") from None
    if kept is None:
        raise HTTPException(404, NO_CONVERSATION)
    dialogue = kept.dialogue
    return JSONResponse({
        "conversation": name, "turns": dialogue.turns, "topics": list(dialogue.topics), "suggestions": list(dialogue.suggestions), "messages": kept.messages,
    })


async def _forget(request: Request) -> Response:
    """One that is unknown is forgotten already; what is no id is refused."""
    if not is_id(request.path_params["conversation"]):
        raise HTTPException(404, NO_CONVERSATION)
    try:
        await conversations_of(request).forget(request.path_params["conversation"])
    except StoreAway:
        raise HTTPException(503, "the conversation can't be forgotten now: try again in a moment") from None
    return Response(status_code=204)


async def get_passage(request: Request) -> Response:
    """One passage of an article, a sentence an item."""
    wanted = (request.path_params["article"], request.path_params["passage"])
    for article in conversations_of(request).bot.corpus.articles:
        for passage in article.passages:
            if (article.id, passage.id) == wanted:
                sentences = [{"text": sentence.text, "start": sentence.start, "end": sentence.end} for sentence in passage.sentences]
                return JSONResponse({
                    "article": article.id, "title": article.title, "source": article.source, "passage": passage.id,
                    "heading": list(passage.headings), "sentences": sentences,
                })
    raise HTTPException(404, "no such passage")


async def post_feedback(request: Request) -> Response:
    """Whether a reply helped: counted, and kept with nobody's name."""
    values = await read_object(request)
    if not isinstance(values.get("helpful"), bool):
        raise HTTPException(422, "'helpful' must be true or false")
    optional_text(values, "conversation", MOST_ID)
    turn = values.get("turn")
    if turn is not None and not (isinstance(turn, int | float) and not isinstance(turn, bool) and turn >= 0 and turn % 1 == 0):
        raise HTTPException(422, "'turn' must be a number from 0 on")
    request.app.state.metrics.rated(bool(values["helpful"]))
    return Response(status_code=204)


ROUTES = [
    Route("/api/messages", post_message, methods=["POST"]),
    Route("/api/conversations/{conversation}", conversation, methods=["GET", "DELETE"]),
    Route("/api/passages/{article}/{passage}", get_passage, methods=["GET"]),
    Route("/api/feedback", post_feedback, methods=["POST"]),
]
