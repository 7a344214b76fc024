"""The OpenAPI document: what it says of the server is so, tried with many requests of its own making."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from starlette.applications import Starlette
from starlette.testclient import TestClient

from spinebot.web.app import create_app
from spinebot.web.openapi import REPLY, document
from spinebot.web.settings import Settings


async def the_app(scope: Any, receive: Any, send: Any) -> None:
    """The app, when it is first asked something: the document alone is needed to collect the tests."""
    await _the_app()(scope, receive, send)


@cache
def _the_app() -> Starlette:
    # A body of too many bytes can not be told of in a schema.
    return create_app(Settings(rate="", most_body=10**7))


schema = schemathesis.openapi.from_dict(document(Settings().most_text))
schema.app = the_app


@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_the_server_does_what_its_document_says(case: schemathesis.Case) -> None:
    case.call_and_validate()


def test_the_document_is_openapi_3_1_with_sound_schemas(client: TestClient) -> None:
    answer = client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["openapi"].startswith("3.1.") and document["info"]["title"] and document["info"]["version"]
    schemas = 0
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert operation["summary"] and all(response["description"] for response in operation["responses"].values())
            bodies = [operation["requestBody"], *operation["responses"].values()] if "requestBody" in operation else [*operation["responses"].values()]
            for body in bodies:
                for content in body.get("content", {}).values():
                    jsonschema.Draft202012Validator.check_schema(content["schema"])
                    schemas += 1
    assert schemas > len(document["paths"])


def test_everything_that_can_be_asked_of_the_server_is_in_the_document(app: Starlette, client: TestClient) -> None:
    documented = {(path, method.upper()) for path, methods in client.get("/openapi.json").json()["paths"].items() for method in methods}
    there = {(route.path, method) for route in app.routes for method in route.methods - {"HEAD"}}  # type: ignore[attr-defined]
    assert documented == there - {("/", "GET"), ("/{name}.{kind}", "GET"), ("/docs", "GET"), ("/openapi.json", "GET"), ("/favicon.ico", "GET")}


def test_the_page_of_the_api_lists_every_path(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            assert f"<td>{method.upper()}</td><td><code>{path}</code>" in page.text
            assert operation["summary"].replace("'", "&#x27;") in page.text


def test_the_document_names_the_limit_that_the_server_has(make_client: Any) -> None:
    client = make_client(most_text=50)
    schema = client.get("/openapi.json").json()["paths"]["/api/messages"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["text"]["maxLength"] == 50 != Settings().most_text
    assert client.post("/api/messages", json={"text": "a" * 50}).status_code == 200
    assert client.post("/api/messages", json={"text": "a" * 51}).status_code == 422


@pytest.mark.parametrize("text", ["Can lupus hurt my back?", "hello", "I can't feel my legs and can't pee", "what is the weather", "lupsu?"])
def test_every_kind_of_reply_is_as_the_document_says(text: str, client: TestClient) -> None:
    strict = {**REPLY, "additionalProperties": False}
    jsonschema.validate(client.post("/api/messages", json={"text": text}).json(), strict)
