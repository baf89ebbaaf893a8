// make compat: starts everything, walks the wizard, checks the responses, and tests itself.
import { randomBytes } from "node:crypto";
import { startStack, type Stack } from "../../stack.mjs";
import { newClient, type Client } from "./functions.ts";
import { originalClient } from "./original.ts";
import { Recorder } from "./recorder.ts";
import { selfTest } from "./selftest.ts";
import type { TokenGetter } from "./transport.ts";
import { astray, expired, full, newest, sparse } from "./walk.ts";

const run = randomBytes(3).toString("hex");
const user = (name: string) => `compat-${run}-${name}`;
const names = ["sparse", "full", "newest", "astray", ...Array.from({ length: 11 }, (_, i) => `self${i}`)];
const say = (line: string) => process.stdout.write(line + "\n");

/** walkAll takes the users through the wizard. */
async function walkAll(stack: Stack, load: (token: TokenGetter) => Client, check: Recorder) {
  let asked = 0;
  let token = "";
  const client = load(async () => {
    asked++;
    return token;
  });
  check.watch(client.api);
  check.watch(client.ai);
  const visit = { client, check, site: stack.site, keys: stack.keys };
  const as = (name: string) => (token = stack.tokens[user(name)] ?? "");
  as("sparse");
  await sparse(visit);
  as("full");
  await full(visit);
  const { body } = await check.call("check-existing", () => client.fn["checkExisting"]!(stack.site));
  as("newest");
  await newest(visit);
  as("astray");
  await astray(visit, body?.analysis_id);
  token = "not.a.token";
  await expired(visit, () => asked);
}

async function main(): Promise<number> {
  const source = process.env["CLIENT_DIR"];
  const stack = await startStack("compat", names.map(user));
  try {
    const check = new Recorder();
    const load = source ? await originalClient(source, stack.api) : (token: TokenGetter) => newClient(stack.api, token);
    await walkAll(stack, load, check);
    check.finish();
    for (const line of check.failures) say(`compat: ${line}`);
    if (check.failures.length > 0) say(`compat: the logs are in ${stack.logs}`);
    const missed = check.failures.length > 0 ? 0 : await selfTest(stack, names.filter((n) => n.startsWith("self")).map(user), say);
    say(`compat: calls=${check.calls} fields=${check.fields} failed=${check.failures.length}`);
    return check.failures.length + missed > 0 ? 1 : 0;
  } finally {
    await stack.stop();
  }
}

process.exitCode = await main().catch((error: Error) => {
  say(`compat: ${error.message}`);
  return 1;
});
