"""The live progress: server-sent events."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from threading import Event as Flag
from typing import Any, Literal

from .problem import ProblemError

_PATH = "/api/onboarding/events"

#: Heartbeats come every 10 s: a stream that is silent for so many seconds is dead.
_SILENCE = 30


@dataclass(frozen=True)
class Event:
    """One event. ``data`` is an ``api.StepEventBody`` or an ``api.SessionEventBody``; only steps have an id."""

    event: Literal["step", "session"]
    id: str
    data: Any


@dataclass
class _Position:
    """Where a stream is: the last id, and how many seconds to wait before it is opened again."""

    id: str
    retry: float = 1


def follow(open_: Callable[..., HTTPResponse], last_event_id: str, stop: Flag) -> Iterator[Event]:
    """Yields events until ``stop`` is set. Raises ProblemError when the server refuses the stream."""
    position = _Position(last_event_id)
    while not stop.is_set():
        headers = {"Accept": "text/event-stream"}
        if position.id:
            headers["Last-Event-ID"] = position.id
        wait = position.retry
        try:
            with open_("GET", _PATH, headers, None, _SILENCE) as stream:
                yield from _read(stream, position, stop)
            wait = position.retry
        except ProblemError as problem:
            if problem.status < 500 and problem.retry_after is None:
                raise
            wait = problem.retry_after or position.retry
        except (OSError, HTTPException):
            wait = position.retry
        stop.wait(wait)


def _read(stream: HTTPResponse, position: _Position, stop: Flag) -> Iterator[Event]:
    fields: dict[str, str] = {}
    while not stop.is_set() and (line := stream.readline()):
        text = line.decode().rstrip("\r\n")
        if text:
            name, _, value = text.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        position.id = fields.get("id", position.id)
        if fields.get("retry", "").isdecimal():
            position.retry = int(fields["retry"]) / 1000
        if fields.get("event") in ("step", "session") and "data" in fields:
            yield Event(fields["event"], fields.get("id", ""), json.loads(fields["data"]))  # type: ignore[arg-type]
        fields = {}
