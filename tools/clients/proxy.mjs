// A proxy before the API that does what proxies and networks do, each fault once.
import { createServer, request } from "node:http";

const step = (n) => `/api/onboarding/step/${n}/complete`;

/** The faults; done says whether a client has met it. */
const faults = () => [
  { what: "a request that is refused for a second", method: "POST", path: step(3), act: "refuse", status: 503 },
  { what: "a limit that asks to wait for a second", method: "GET", path: "/api/onboarding/personalization-inputs", act: "refuse", status: 429 },
  { what: "a request that is done, but whose answer is lost", method: "POST", path: step(5), act: "lose" },
  { what: "a stream that breaks", method: "GET", path: "/api/onboarding/events", act: "break" },
];

/** How many events of steps a stream that breaks has sent. */
const eventsBeforeBreak = 4;

export class Proxy {
  faults = faults();
  /** How many answers were those of an earlier request. */
  replayed = 0;

  /** start returns a proxy before an address. */
  static start(target) {
    const proxy = new Proxy();
    proxy.target = new URL(target);
    proxy.server = createServer((incoming, outgoing) => proxy.#take(incoming, outgoing));
    return new Promise((done) => proxy.server.listen(0, "127.0.0.1", () => {
      proxy.address = `http://127.0.0.1:${proxy.server.address().port}`;
      done(proxy);
    }));
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  #take(incoming, outgoing) {
    const fault = this.faults.find((f) => !f.done && f.method === incoming.method && f.path === incoming.url);
    if (fault) fault.done = true;
    if (fault?.act === "refuse") {
      incoming.resume();
      outgoing.writeHead(fault.status, { "content-type": "application/problem+json", "retry-after": "1" });
      outgoing.end(JSON.stringify({ type: "about:blank", title: "", status: fault.status, code: "stopping", detail: "Try again.", retry_after: 1 }));
      return;
    }
    const headers = { ...incoming.headers, host: this.target.host };
    const { hostname, port } = this.target;
    const onward = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      if (answer.headers["idempotency-replayed"] === "true") this.replayed++;
      if (fault?.act === "lose") {
        answer.resume().on("end", () => outgoing.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode, answer.headers);
      if (fault?.act === "break") breakAfter(answer, outgoing);
      answer.pipe(outgoing);
      answer.on("error", () => outgoing.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }
}

/** breakAfter cuts a stream off once so many events of steps have come. */
function breakAfter(answer, outgoing) {
  let seen = 0;
  answer.on("data", (chunk) => {
    seen += chunk.toString().split("event: step").length - 1;
    if (seen >= eventsBeforeBreak) outgoing.destroy();
  });
}
