// Our transport handles failures as the front end's does.
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { newClient } from "./functions.ts";
import { mostPolls, poll, unchangedPolls, type Task } from "./polling.ts";
import { ConnectionError, limits, NetworkError, newTransport, withRateLimit } from "./transport.ts";

/** serve starts a server and returns its address. */
async function serve(t: TestContext, handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a 401 is tried once more, with a new token", async (t) => {
  const got: (string | undefined)[] = [];
  const url = await serve(t, (request, answer) => {
    got.push(request.headers.authorization);
    answer.writeHead(401).end();
  });
  let tokens = 0;
  const { api } = newTransport(url, async () => `token${++tokens}`);
  await assert.rejects(api.get("/"), /401/);
  assert.equal(got.length, 2);
  assert.notEqual(got[0], got[1]);
});

test("a 5xx opens the breaker, which closes again and opens for longer", async (t) => {
  let calls = 0;
  const url = await serve(t, (_, answer) => {
    calls++;
    answer.writeHead(503).end('{"detail":"lost"}');
  });
  const { api, ai } = newTransport(url, async () => null, { ...limits, openFor: 60 });
  await assert.rejects(api.get("/"), ConnectionError);
  await assert.rejects(ai.get("/"), NetworkError, "the breaker is open for all");
  assert.equal(calls, 1);
  await new Promise((done) => setTimeout(done, 80));
  await assert.rejects(api.get("/"), ConnectionError);
  await new Promise((done) => setTimeout(done, 80));
  await assert.rejects(api.get("/"), NetworkError);
  assert.equal(calls, 2);
});

test("a timeout is a network error", async (t) => {
  const url = await serve(t, () => {});
  const { api } = newTransport(url, async () => null, { ...limits, timeout: 50 });
  await assert.rejects(api.get("/"), NetworkError);
  assert.equal(newTransport(url, async () => null).ai.defaults.timeout, 180_000);
});

test("getApiKeys is tried three times while it is answered 429", async (t) => {
  let calls = 0;
  const url = await serve(t, (_, answer) => {
    calls++;
    answer.writeHead(429, { "Content-Type": "application/json" }).end('{"detail":"Too many requests","retry_after":0.01}');
  });
  await assert.rejects(newClient(url, async () => "token").fn["getApiKeys"]!(), /429/);
  assert.equal(calls, 3);
  await assert.rejects(withRateLimit(async () => { throw new Error("other"); }), /other/);
});

test("polling gives up", async (t) => {
  const task = (progress: number): Task => ({ status: "running", progress, current_step: "", progress_messages: [] });
  await t.test("when nothing moves", async () => {
    let polls = 0;
    await assert.rejects(poll(async () => (polls++, task(5)), 0), /stuck at 5/);
    assert.equal(polls, unchangedPolls + 1);
  });
  await t.test("after so many polls", async () => {
    let polls = 0;
    await assert.rejects(poll(async () => task(++polls / 10), 0), /timed out/);
    assert.equal(polls, mostPolls);
  });
  await t.test("when there is no such task, but not when a poll fails", async () => {
    let polls = 0;
    await assert.rejects(poll(async () => { throw new Error(++polls < 3 ? "timeout" : "status code 404"); }, 0), /Task not found/);
    assert.equal(polls, 3);
  });
});
