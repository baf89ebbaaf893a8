"""Takes a user through the six steps: `API=… TOKEN=… SITE=… OPENAI_KEY=… python example.py`.

With WEBHOOK_PORT, WEBHOOK_SECRET and USER_ID it also waits for the webhook that says that the user has finished.
"""

import os
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from alwrity_onboarding import Client, Event, ProblemError, WebhookRefused, verify_webhook

client = Client(os.environ["API"], os.environ["TOKEN"])
progress: queue.Queue[Event] = queue.Queue()
versions: list[int] = []
webhooks: queue.Queue[dict] = queue.Queue()


def follow(stop: threading.Event) -> None:
    for event in client.events(stop=stop):
        progress.put(event)


def finished(step: int) -> None:
    """Returns when the step has ended, as the events say."""
    while True:
        event = progress.get(timeout=60)
        if event.event != "step":
            continue
        versions.append(int(event.id))
        if event.data["step"] != step or event.data["status"] not in ("completed", "failed"):
            continue
        if event.data["status"] == "failed":
            raise SystemExit(f"step {step} failed: {event.data['error']['detail']}")
        print(f"step {step} completed", flush=True)
        return


class Receiver(BaseHTTPRequestHandler):
    """Receives webhooks."""

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            webhooks.put(verify_webhook(payload, self.headers, os.environ["WEBHOOK_SECRET"]))
            self.send_response(204)
        except WebhookRefused:
            self.send_response(401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def steps() -> None:
    client.start()
    client.complete_step(1, {"data": {"api_keys": {"openai": os.environ["OPENAI_KEY"]}}})
    finished(1)
    try:
        client.complete_step(2, {"data": {"website": "ftp://example.com"}})
    except ProblemError as problem:
        print("problem", problem.code)
    client.complete_step(2, {"data": {"website": os.environ["SITE"]}})
    finished(2)
    client.complete_step(3, {"data": {"research_depth": "Deep", "content_types": ["Blog Posts"]}})
    finished(3)
    client.complete_step(4, {"data": {"selected_platforms": ["linkedin", "blog"]}})
    finished(4)
    client.complete_step(5, {"data": {"integrations": {"primaryWebsite": "wordpress"}}})
    finished(5)
    client.complete()
    finished(6)


def inputs() -> None:
    while (built := client.get_inputs())["is_default"]:
        time.sleep(0.2)
    print("inputs", "revision", built["revision"])


def main() -> None:
    if "WEBHOOK_PORT" in os.environ:
        receiver = ThreadingHTTPServer(("127.0.0.1", int(os.environ["WEBHOOK_PORT"])), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
    stop = threading.Event()
    threading.Thread(target=follow, args=(stop,), daemon=True).start()
    progress.get(timeout=60)  # the session: whatever changes from now on is an event
    steps()
    inputs()
    if versions != list(range(versions[0], versions[0] + len(versions))):
        raise SystemExit(f"events are missing or twice: {versions}")
    print("events", len(versions), "without a gap")
    stop.set()
    while "WEBHOOK_PORT" in os.environ:
        event = webhooks.get(timeout=60)
        if event["type"] == "onboarding.completed" and event["data"]["user_id"] == os.environ["USER_ID"]:
            print("webhook", event["type"])
            break


if __name__ == "__main__":
    main()
