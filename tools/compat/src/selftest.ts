// The suite against a server that leaves out a field: it must name that field.
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { newClient } from "./functions.ts";
import { Recorder, Stop } from "./recorder.ts";
import type { Stack } from "../../stack.mjs";
import { sparse } from "./walk.ts";

/** dropped are fields of responses: the call that must fail, and the path of the field. */
const dropped: { call: string; path: string; field: string[] }[] = [
  { call: "init", path: "/init", field: ["session", "session_id"] },
  { call: "init", path: "/init", field: ["onboarding", "steps", "3", "status"] },
  { call: "api-keys-validate-get", path: "/api-keys/validate", field: ["all_valid"] },
  { call: "style-complete", path: "/style-detection/complete", field: ["analysis_id"] },
  { call: "style-complete", path: "/style-detection/complete", field: ["style_guidelines", "best_practices"] },
  { call: "style-complete", path: "/style-detection/complete", field: ["seo_audit", "summary", "critical_issues"] },
  { call: "step-3-complete", path: "/step/3/complete", field: ["warnings"] },
  { call: "persona-task", path: "/step4/persona-task/", field: ["progress_messages"] },
  { call: "persona-task", path: "/step4/persona-task/", field: ["result", "core_persona", "identity", "archetype"] },
  { call: "summary", path: "/summary", field: ["personalization_settings", "writing_style"] },
  { call: "complete", path: "/complete", field: ["completed_at"] },
];

/** selfTest walks once without each field and returns how many were not noticed. */
export async function selfTest(stack: Stack, users: string[], say: (line: string) => void): Promise<number> {
  const outcomes: boolean[] = [];
  const queue = dropped.map((drop, i) => ({ drop, token: stack.tokens[users[i] ?? ""] ?? "" }));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const said = await firstFailure(stack, next.drop, next.token);
      const field = next.drop.field.filter((part) => !/^\d+$/.test(part)).at(-1) ?? "";
      const caught = said.includes(`(${next.drop.call})`) && said.includes(field);
      if (!caught) say(`compat-selftest: without ${next.drop.field.join(".")} of ${next.drop.call} the suite reported: ${said || "nothing"}`);
      outcomes.push(caught);
    }
  };
  await Promise.all([work(), work(), work()]);
  const caught = outcomes.filter(Boolean).length;
  say(`compat-selftest: caught=${caught}/${dropped.length}`);
  return dropped.length - caught;
}

async function firstFailure(stack: Stack, drop: (typeof dropped)[number], token: string): Promise<string> {
  const proxy = await startProxy(stack.api, drop);
  const check = new Recorder(true);
  const client = newClient(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, async () => token);
  check.watch(client.api);
  check.watch(client.ai);
  try {
    await sparse({ client, check, site: stack.site, keys: stack.keys, interval: 100 });
    return "";
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return error.message;
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

/** startProxy forwards everything, except one field in the responses of one path. */
async function startProxy(target: string, drop: { path: string; field: string[] }): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, "accept-encoding": "identity" };
    const onward = request(target + incoming.url, { method: incoming.method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        let body = Buffer.concat(parts);
        if (answer.statusCode === 200 && incoming.url?.replace("/api/onboarding", "").startsWith(drop.path)) body = Buffer.from(without(body, drop.field));
        const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, { ...headers, "content-length": body.length });
        outgoing.end(body);
      });
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  return proxy;
}

function without(body: Buffer, field: string[]): string {
  const document = JSON.parse(body.toString());
  const parent = field.slice(0, -1).reduce((value, key) => value?.[key], document);
  if (parent) delete parent[field.at(-1)!];
  return JSON.stringify(document);
}
