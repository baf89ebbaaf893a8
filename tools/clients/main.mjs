// make clients-test: the example of each client takes a user through the six steps at a running server, behind a proxy
// that loses requests, answers and streams, and receives a webhook.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { startStack } from "../stack.mjs";
import { Proxy } from "./proxy.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = randomBytes(3).toString("hex");
const secret = `whsec_${randomBytes(24).toString("base64")}`;
const say = (line) => process.stdout.write(line + "\n");

/** How the example of each client is started. */
const clients = {
  typescript: { command: process.execPath, args: [`${root}clients/typescript/dist/example.js`] },
  python: { command: "python3", args: ["example.py"], cwd: `${root}clients/python` },
  go: { command: `${root}.bin/client-example`, args: [] },
};

/** What each example says. */
const expected = [
  "problem unsupported_scheme", "step 1 completed", "step 2 completed", "step 3 completed", "step 4 completed",
  "step 5 completed", "step 6 completed", /^inputs revision [1-9]/m, /^events \d+ without a gap/m, "webhook onboarding.completed",
];

/** freePort returns a port that nothing listens on. */
const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** start runs an example until it ends and returns what it has written. */
function start({ command, args, cwd }, env) {
  return new Promise((done) => {
    const program = spawn(command, args, { cwd: cwd ?? root, env: { ...process.env, ...env }, timeout: 120_000 });
    let text = "";
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (chunk) => (text += chunk));
    program.on("error", (error) => (text += `${error.message}\n`));
    program.on("close", (code) => done({ code, text }));
  });
}

/** forged sends a webhook that is signed with another secret, and returns the status. */
async function forged(port) {
  const headers = {
    "webhook-id": "msg_forged", "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
    "webhook-signature": `v1,${randomBytes(32).toString("base64")}`,
  };
  const body = JSON.stringify({ type: "onboarding.completed", data: { user_id: "forged" } });
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return (await fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body })).status;
    } catch {
      await new Promise((done) => setTimeout(done, 100)); // it does not listen yet
    }
  }
  return 0;
}

/** check runs one example and returns [checks that passed, what failed]. */
async function check(name, stack, port) {
  const user = `clients-${run}-${name}`;
  const proxy = await Proxy.start(stack.api);
  const env = {
    API: proxy.address, TOKEN: stack.tokens[user], SITE: stack.site, OPENAI_KEY: stack.keys.openai,
    WEBHOOK_PORT: String(port), WEBHOOK_SECRET: secret, USER_ID: user,
  };
  const [{ code, text }, status] = await Promise.all([start(clients[name], env), forged(port)]);
  proxy.stop();
  const answer = await fetch(`${stack.api}/api/onboarding/status`, { headers: { authorization: `Bearer ${stack.tokens[user]}` } });
  const { is_completed: completed } = await answer.json();
  const results = expected.map((line) => [typeof line === "string" ? text.includes(line + "\n") : line.test(text), `no line ${line}`]);
  results.push([code === 0, `the exit code is ${code}`]);
  results.push([completed === true, "the API does not say that the user has finished"]);
  results.push([status === 401, `a forged webhook was answered with ${status}`]);
  results.push([proxy.replayed === 1, `${proxy.replayed} repeated POSTs were answered as the first one`]);
  for (const fault of proxy.faults) results.push([fault.done, `it did not come to this: ${fault.what}`]);
  const failed = results.filter(([ok]) => !ok).map(([, what]) => what);
  if (failed.length > 0) say(text.trimEnd());
  say(`clients: ${name} ${failed.length > 0 ? "failed" : "passed"}: ${text.match(/^events \d+/m)?.[0] ?? "no events"}, faults ${proxy.faults.length}`);
  return [results.length - failed.length, failed];
}

/** checkDocumented runs the TypeScript of docs/api.md and returns as check does. */
async function checkDocumented(stack) {
  const user = `clients-${run}-documented`;
  const program = { command: process.execPath, args: [`${root}clients/typescript/dist/documented.js`] };
  const { code, text } = await start(program, { API: stack.api, TOKEN: stack.tokens[user], SITE: stack.site, OPENAI_KEY: stack.keys.openai });
  if (code === 0 && text.endsWith("documented\n")) return [1, []];
  say(text.trimEnd());
  return [0, [`the TypeScript of docs/api.md ended with ${code}`]];
}

async function main() {
  const names = Object.keys(clients);
  const ports = {};
  for (const name of names) ports[name] = await freePort();
  process.env.WEBHOOKS = JSON.stringify(names.map((name) => ({ name, url: `http://127.0.0.1:${ports[name]}/`, secret })));
  process.env.WEBHOOK_PREFIXES = "127.0.0.1/32";
  say("clients: starting the system");
  const stack = await startStack("clients", [...names, "documented"].map((name) => `clients-${run}-${name}`));
  try {
    const results = await Promise.all(names.map((name) => check(name, stack, ports[name])));
    const [passed, failed] = await checkDocumented(stack);
    results[0] = [results[0][0] + passed, [...results[0][1], ...failed]];
    let failures = 0;
    results.forEach(([, failed], i) => failed.forEach((what) => { failures++; say(`clients: ${names[i]}: ${what}`); }));
    if (failures > 0) say(`clients: the logs are in ${stack.logs}`);
    say(`clients: ${names.map((name, i) => `${name}=${results[i][0]}`).join(" ")} failed=${failures}`);
    return failures > 0 ? 1 : 0;
  } finally {
    await stack.stop();
  }
}

process.exitCode = await main().catch((error) => {
  say(`clients: ${error.message}`);
  return 1;
});
