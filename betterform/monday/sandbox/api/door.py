"""The door at `/v2` and `/v2/file`: every request goes through the same checks in the same order."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Request, Response, request
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from betterform.monday.sandbox.api.answer import Answer, Stop, error_entry
from betterform.monday.sandbox.api.complexity import estimate, root_fields
from betterform.monday.sandbox.api.desk import Desk
from betterform.monday.sandbox.api.idempotency import IdempotencyKeys
from betterform.monday.sandbox.api.mischief import Mischief, not_authenticated
from betterform.monday.sandbox.api.paging import Cursors
from betterform.monday.sandbox.api.schema import SDL, bound_schema
from betterform.monday.sandbox.api.uploads import read_upload
from betterform.monday.sandbox.api.versions import CURRENT, served_version
from betterform.monday.sandbox.calls import Call, without_secrets
from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.records import User
from betterform.monday.sandbox.trouble import Order
from betterform.monday.sandbox.world import World

log = logging.getLogger(__name__)
NO_WAITING_IN_LOCK = {"create_webhook"}


@dataclass
class Asked:
    """A request, read and parsed."""

    query: str
    variables: dict[str, Any]
    document: DocumentNode
    operation: OperationDefinitionNode

    @property
    def is_mutation(self) -> bool:
        return self.operation.operation.value == "mutation"

    def last_key(self) -> str:
        """The key in the answer under which the last root field stands."""
        node: Any = self.operation.selection_set.selections[-1]
        return str(node.alias.value if getattr(node, "alias", None) else getattr(node, "name", node).value)


class Door:
    def __init__(self, world: World, closing: threading.Event) -> None:
        self.world = world
        self.cursors = Cursors(world)
        self.keys = IdempotencyKeys(world.clock)
        self.mischief = Mischief(closing)

    def answer(self, incoming: Request) -> Response:
        """The answer to any request; also writes the line in the log of calls."""
        call = Call(at=self.world.now(), request_id=str(uuid.uuid4()), path=incoming.path)
        call.headers = without_secrets(iter(incoming.headers.items()))
        began = time.monotonic()
        # The line is there before the answer is: a caller that reads it at once shall find it.
        try:
            answer = self._serve(incoming, call)
        except Stop as stop:
            answer = stop.answer
        call.status = None if answer.hang_up else answer.status
        call.errors = answer.error_codes()
        call.seconds = round(time.monotonic() - began, 4)
        self.world.calls.append(call)
        if answer.hang_up:
            hang_up(incoming)
        return Response(answer.body, answer.status, {**self._headers(incoming, call), **answer.headers})

    def _headers(self, incoming: Request, call: Call) -> dict[str, str]:
        try:
            version = served_version(incoming.headers.get("API-Version"))
        except ApiError:
            version = CURRENT
        return {"x-request-id": call.request_id, "api-version": version, **self.world.turnstile.headers()}

    def _serve(self, incoming: Request, call: Call) -> Answer:
        is_upload = incoming.path.endswith("/file")
        order: Order | None = None
        if is_upload:
            order = self._next_trouble(call, ("add_file_to_column",))
            if order and order.kind == "cut_upload":
                self.world.turnstile.charge(order.cost)
                return lose_half_way(incoming)
        asked = self._read(incoming, call, is_upload=is_upload)
        if not is_upload:
            order = self._next_trouble(call, (*call.operations, *filter(None, [call.name])))
        try:
            self.mischief.before(order, request_id=call.request_id)
        except Stop:
            self.world.turnstile.charge(order.cost if order else 1)
            raise
        user = self._authenticated(incoming, call)
        # A query that asks only what queries cost is nearly free.
        with self.world.turnstile.place(cost=0.1 if call.operations == ("complexity",) else 1) as refusal:
            if refusal:
                raise Stop(Answer.of_refusal(refusal, request_id=call.request_id))
            desk = self._desk(incoming, asked, user, call)
            if order and order.kind == "internal_error" and not order.after:
                desk.failing = asked.last_key()
            answer = self._once(incoming, asked, desk, call, keyed=self._is_keyed(asked, is_upload))
        return self.mischief.after(order, answer, asked.last_key())

    def _next_trouble(self, call: Call, operations: tuple[str, ...]) -> Order | None:
        order = self.world.trouble.next(operations)
        if order:
            call.trouble = f"{order.kind} after" if order.after else order.kind
        return order

    def _read(self, incoming: Request, call: Call, *, is_upload: bool) -> Asked:
        """Raises Stop with a 400 for what cannot be read."""
        try:
            if is_upload:
                query, variables = read_upload(incoming)
                wanted = None
            else:
                query, variables, wanted = _read_json(incoming)
            document = parse(query)
        except ApiError as error:
            raise Stop(Answer.of_error(error, request_id=call.request_id, status=400)) from None
        except (GraphQLError, ValueError, TypeError) as error:
            told = ApiError(f"Parse error: {error}", "JsonParseException", status_code=400)
            raise Stop(Answer.of_error(told, request_id=call.request_id, status=400)) from None
        operation = get_operation_ast(document, wanted)
        if operation is None:
            told = ApiError("No operation of that name", "JsonParseException", status_code=400)
            raise Stop(Answer.of_error(told, request_id=call.request_id, status=400))
        call.query, call.kind = query, operation.operation.value
        call.name = operation.name.value if operation.name else None
        call.operations = root_fields(operation)
        call.variables = {
            name: f"<{value.name}, {len(value.content)} bytes>" if is_upload else value
            for name, value in variables.items()
        }
        return Asked(query, variables, document, operation)

    def _authenticated(self, incoming: Request, call: Call) -> User:
        # No "Bearer" in front: monday takes the token as it is.
        user = self.world.user_of(incoming.headers.get("Authorization", ""))
        if user is None:
            raise Stop(not_authenticated(call.request_id))
        return user

    def _desk(self, incoming: Request, asked: Asked, user: User, call: Call) -> Desk:
        """The context to execute in, once version, validity and complexity are in order. Raises Stop."""
        try:
            version = served_version(incoming.headers.get("API-Version"))
        except ApiError as error:
            raise Stop(Answer.of_error(error, request_id=call.request_id, status=400)) from None
        if errors := validate(bound_schema(), asked.document):
            body: dict[str, Any] = {"errors": [error_entry(error) for error in errors]}
            raise Stop(Answer.of(body, request_id=call.request_id))
        before = self.world.turnstile.left()
        call.complexity = estimate(asked.operation, _fragments(asked.document), asked.variables)
        if refusal := self.world.turnstile.spend(call.complexity):
            raise Stop(Answer.of_refusal(refusal, request_id=call.request_id))
        return Desk(self.world, user, self.cursors, before, call.complexity, version)

    def _is_keyed(self, asked: Asked, is_upload: bool) -> bool:
        return asked.is_mutation and (not is_upload or self.world.doubts.keys_on_uploads)

    def _once(self, incoming: Request, asked: Asked, desk: Desk, call: Call, *, keyed: bool) -> Answer:
        """Execute, or repeat the answer that the request's Idempotency-Key already got."""
        key = incoming.headers.get("Idempotency-Key") if keyed else None
        token = incoming.headers["Authorization"]
        if not key:
            return self._execute(asked, desk, call)
        kept = self.keys.begin(token, key)
        if kept is None:
            return self._execute_and_keep(asked, desk, call, token, key)
        if kept.body is None:
            message = "A request with this idempotency key is currently being processed"
            conflict = ApiError(message, "IDEMPOTENCY_CONFLICT", status_code=409)
            return Answer.of_error(conflict, request_id=call.request_id, status=409)
        call.replayed = True
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Replayed": "true"}
        return Answer(kept.body, kept.status, headers)

    def _execute_and_keep(self, asked: Asked, desk: Desk, call: Call, token: str, key: str) -> Answer:
        answer = Answer(status=500)
        try:
            answer = self._execute(asked, desk, call)
        finally:
            whole = answer.status == 200 and not answer.error_codes()
            if self.world.doubts.keeps_errors:
                whole = answer.status in (200, 422)
            self.keys.finish(token, key, answer.body, answer.status, keep=whole)
        return answer

    def _execute(self, asked: Asked, desk: Desk, call: Call) -> Answer:
        waits = NO_WAITING_IN_LOCK & set(call.operations)
        with contextlib.nullcontext() if waits else self.world.lock:
            result = execute_sync(
                bound_schema(),
                asked.document,
                context_value=desk,
                variable_values=asked.variables,
                operation_name=call.name,
            )
        for error in result.errors or []:
            if error.original_error and not isinstance(error.original_error, (ApiError, GraphQLError)):
                log.error("The stand-in stumbled over %s", call.operations, exc_info=error.original_error)
        if desk.stopped:
            status = int(desk.stopped.extensions["status_code"])
            return Answer.of_error(desk.stopped, request_id=call.request_id, status=status)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [error_entry(error) for error in result.errors]
        return Answer.of(body, request_id=call.request_id)


def _read_json(incoming: Request) -> tuple[str, dict[str, Any], str | None]:
    body = json.loads(incoming.get_data())
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise ApiError("No query string was present", "JsonParseException", status_code=400)
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise ApiError("Variables must be a JSON object", "JsonParseException", status_code=400)
    return body["query"], variables, body.get("operationName")


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def lose_half_way(incoming: Request) -> Answer:
    """Read half of an upload, then end the connection."""
    remaining = (incoming.content_length or 0) // 2
    while remaining > 0 and (chunk := incoming.stream.read(min(remaining, 65_536))):
        remaining -= len(chunk)
    return Answer(hang_up=True)


def hang_up(incoming: Request) -> None:
    """End the connection without an answer. What the server writes afterwards goes nowhere, silently."""
    connection: socket.socket | None = incoming.environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def api_blueprint(door: Door) -> Blueprint:
    blueprint = Blueprint("api", __name__)

    @blueprint.post("/v2")
    @blueprint.post("/v2/file")
    def api() -> Response:
        return door.answer(request)

    @blueprint.get("/v2/get_schema")
    def get_schema() -> Response:
        return Response(SDL.read_text(encoding="utf-8"), mimetype="text/plain")

    return blueprint
