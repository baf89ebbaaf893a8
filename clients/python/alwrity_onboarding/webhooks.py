"""Verification of webhooks by the rules of Standard Webhooks."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

#: How far the clock of a sender may be off, in seconds.
_TOLERANCE = 5 * 60


class WebhookRefused(Exception):
    """A request that is no webhook of this sender, or an old one."""


def verify_webhook(payload: bytes | str, headers: Mapping[str, str], secret: str, *, now: float | None = None) -> Any:
    """Returns the event of a webhook, or raises WebhookRefused.

    The payload is the body as it was received, the secret begins with ``whsec_``.
    """
    body = payload.encode() if isinstance(payload, str) else payload
    given = {name.lower(): value for name, value in headers.items()}
    id_, sent, signatures = (given.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not id_ or not signatures or not sent.isdecimal():
        raise WebhookRefused("A header of the webhook is missing.")
    if abs((time.time() if now is None else now) - int(sent)) > _TOLERANCE:
        raise WebhookRefused("The webhook is too old, or its time is in the future.")
    signed = f"{id_}.{sent}.".encode() + body
    key = _decoded(secret.removeprefix("whsec_"))
    if not key:
        raise ValueError("the secret of the webhook must be whsec_ and base64")
    expected = hmac.digest(key, signed, hashlib.sha256)
    for signature in signatures.split(" "):
        version, _, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(_decoded(value), expected):
            return json.loads(body)
    raise WebhookRefused("No signature of the webhook is of this secret.")


def _decoded(text: str) -> bytes:
    """Decodes base64; nothing of what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
