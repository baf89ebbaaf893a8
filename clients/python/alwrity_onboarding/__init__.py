"""A client of the ALwrity onboarding API, of the standard library alone.

``Client`` has a method for each operation, typed by ``api``, which is generated from the OpenAPI document.
"""

from . import api
from .client import Client
from .events import Event
from .problem import ProblemError
from .webhooks import WebhookRefused, verify_webhook

__all__ = ["Client", "Event", "ProblemError", "WebhookRefused", "api", "verify_webhook"]
