"""The error that calls raise."""

import json
from http.client import HTTPMessage
from typing import Any


class ProblemError(Exception):
    """The problem that the API answered with (RFC 9457). Its text is a sentence for the user."""

    def __init__(self, problem: dict[str, Any], retry_after: float | None = None) -> None:
        super().__init__(problem["detail"])
        self.problem = problem
        #: Stable and machine-readable; "unknown" of what is not the API's answer, a proxy's for example.
        self.code: str = problem["code"]
        self.status: int = problem["status"]
        #: Seconds to wait before the same call makes sense again, None where nothing is said.
        self.retry_after = retry_after


def problem_of(status: int, headers: HTTPMessage, body: bytes) -> ProblemError:
    """Reads the answer of a call that failed."""
    after = headers.get("Retry-After", "")
    retry_after = float(after) if after.isdecimal() else None
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "code" not in problem or "detail" not in problem:
        problem = {"type": "about:blank", "title": "", "status": status, "code": "unknown",
                   "detail": f"The server answered {status}."}
    return ProblemError(problem | {"status": status}, retry_after)
