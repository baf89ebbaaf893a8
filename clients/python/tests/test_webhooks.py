"""The vector of the libraries of Standard Webhooks."""

import base64
import unittest

from alwrity_onboarding import WebhookRefused, verify_webhook

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"
PAYLOAD = b'{"event_type":"ping","data":{"success":true}}'
NOW = 1731705121
GOOD = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
HEADERS = {"Webhook-Id": "msg_loFOjxBNrRLzqYUf", "webhook-timestamp": "1731705121", "webhook-signature": GOOD}


class TestWebhooks(unittest.TestCase):
    def test_signed(self) -> None:
        event = {"event_type": "ping", "data": {"success": True}}
        self.assertEqual(verify_webhook(PAYLOAD, HEADERS, SECRET, now=NOW), event)
        several = f"v1,{base64.b64encode(b'x' * 32).decode()} v2,other {GOOD}"
        self.assertEqual(verify_webhook(PAYLOAD, HEADERS | {"webhook-signature": several}, SECRET, now=NOW + 299), event)

    def test_anything_else_is_refused(self) -> None:
        for payload, headers, secret, now in (
            (PAYLOAD.replace(b"true", b"false"), HEADERS, SECRET, NOW),
            (PAYLOAD, HEADERS, "whsec_" + base64.b64encode(b"another secret").decode(), NOW),
            (PAYLOAD, HEADERS, SECRET, NOW + 301),
            (PAYLOAD, HEADERS, SECRET, NOW - 301),
            (PAYLOAD, HEADERS | {"webhook-signature": "v1,?"}, SECRET, NOW),
            (PAYLOAD, HEADERS | {"Webhook-Id": ""}, SECRET, NOW),
            (PAYLOAD, {}, SECRET, NOW),
        ):
            with self.assertRaises(WebhookRefused):
                verify_webhook(payload, headers, secret, now=now)

    def test_a_secret_that_is_none(self) -> None:
        with self.assertRaises(ValueError):
            verify_webhook(PAYLOAD, HEADERS, "whsec_?", now=NOW)
