"""Calls of the API, which are repeated where that makes sense."""

import http.client
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from threading import Event as Flag
from typing import Any
from urllib.parse import urlencode, urlsplit

from . import events
from .api import Operations
from .problem import ProblemError, problem_of

#: A token, or a function that returns a valid one: it is called before every request.
Token = str | Callable[[], str]

#: These answers come from overload, proxies and restarts: the same request may succeed later.
_PASSING = {429, 502, 503, 504}

#: The user has used up the idempotency keys of a day: the call is repeated without one.
_TOO_MANY_KEYS = "too_many_idempotency_keys"


class Client(Operations):
    """The calls of one user. Threads may share it.

    A call is repeated if there was no answer, or one that asks to come again; each POST has an idempotency key, so that
    it is done once. An answer that asks to wait for longer than ``longest_wait`` seconds is raised at once.
    """

    def __init__(self, base_url: str, token: Token, *, timeout: float = 70, attempts: int = 4,
                 longest_wait: float = 60) -> None:
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise ValueError(f"base_url must be like https://api.example.com, not {base_url!r}")
        self._secure, self._host, self._prefix = address.scheme == "https", address.netloc, address.path.rstrip("/")
        self._token, self._timeout, self._attempts, self._longest_wait = token, timeout, attempts, longest_wait

    def events(self, last_event_id: str = "", stop: Flag | None = None) -> Iterator[events.Event]:
        """Follows the user's progress; reconnects without a gap. ``stop`` ends it at the next event or heartbeat."""
        return events.follow(self._open, last_event_id, stop or Flag())

    def _call(self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        target = path + ("?" + urlencode(given) if given else "")
        headers = {"Accept": "application/json"}
        content = None
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        for attempt in range(1, self._attempts + 1):
            try:
                return self._once(method, target, headers, content)
            except (OSError, http.client.HTTPException, ProblemError) as error:
                wait = self._wait(error, attempt)
                if wait is None:
                    raise
                if isinstance(error, ProblemError) and error.code == _TOO_MANY_KEYS:
                    headers.pop("Idempotency-Key", None)
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: Exception, attempt: int) -> float | None:
        """Returns how many seconds to wait before the call is repeated, None if it is not."""
        if attempt == self._attempts:
            return None
        backoff = min(0.5 * 2 ** (attempt - 1), self._longest_wait) * random.uniform(0.5, 1)
        if not isinstance(error, ProblemError):
            return backoff
        if error.code == _TOO_MANY_KEYS:
            return 0
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= self._longest_wait else None
        return backoff if error.status in _PASSING else None

    def _once(self, method: str, target: str, headers: dict[str, str], content: bytes | None) -> Any:
        with self._open(method, target, headers, content, self._timeout) as response:
            text = response.read()
        return json.loads(text) if text else None

    def _open(self, method: str, target: str, headers: dict[str, str], content: bytes | None,
              timeout: float) -> http.client.HTTPResponse:
        """Sends one request. The answer closes its connection; one that is an error is raised."""
        token = self._token if isinstance(self._token, str) else self._token()
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, timeout=timeout)
        try:
            all_headers = headers | {"Authorization": f"Bearer {token}", "Connection": "close"}
            connection.request(method, self._prefix + target, content, all_headers)
            response = connection.getresponse()
            if response.status >= 400:
                raise problem_of(response.status, response.headers, response.read())
            return response
        except BaseException:
            connection.close()
            raise


def _text(value: Any) -> str:
    """Writes a parameter as the API reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
