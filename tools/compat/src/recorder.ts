// Records every request of a client, and checks the responses against calls.json.
import { readFileSync } from "node:fs";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { checkFields, type Fields } from "./fields.ts";

/** Row is one line of calls.json. */
export interface Row {
  method: string;
  path: string; // {name} stands for one segment
  request?: unknown; // an example
  status: number[];
  fields: Fields;
}

export const rows: Record<string, Row> = JSON.parse(readFileSync(new URL("../calls.json", import.meta.url), "utf8"));

interface Exchange {
  method: string;
  path: string;
  status: number; // 0: no response
  body: any;
}

/** Stop ends a run at its first failure. */
export class Stop extends Error {}

/** Recorder counts calls and failures. */
export class Recorder {
  calls = 0;
  readonly failures: string[] = [];
  private readonly seen = new Map<string, Set<string>>();
  private readonly exchanges: Exchange[] = [];

  constructor(private readonly stopAtFailure = false) {}

  /** watch records what an instance sends. Call it once for each instance. */
  watch(instance: AxiosInstance) {
    const send = axios.getAdapter(instance.defaults.adapter);
    instance.defaults.adapter = async (config) => {
      const note = (status: number, data: unknown) =>
        this.exchanges.push({ method: (config.method ?? "get").toUpperCase(), path: config.url ?? "", status, body: decoded(data) });
      try {
        const response = await send(config);
        note(response.status, response.data);
        return response;
      } catch (error: any) {
        const response: AxiosResponse | undefined = error.response;
        note(response?.status ?? 0, response?.data);
        throw error;
      }
    };
  }

  /** call runs a function that must make the call of a row, and checks every response. It returns what the function
   * returned or threw, and the last response. */
  async call(id: string, run: () => Promise<any>): Promise<{ value?: any; error?: any; body: any; answers: any[] }> {
    const row = rows[id];
    if (!row) throw new Error(`calls.json has no row ${id}`);
    const outcome: { value?: any; error?: any } = {};
    this.exchanges.length = 0;
    try {
      outcome.value = await run();
    } catch (error) {
      outcome.error = error;
    }
    const made = this.exchanges.filter((e) => e.method === row.method && matches(row.path, e.path));
    this.calls += made.length;
    if (made.length === 0) this.fail(id, "the call itself", `${row.method} ${row.path}`, this.exchanges.map((e) => `${e.method} ${e.path}`).join(", ") || "no call");
    for (const exchange of made) this.judge(id, row, exchange);
    const last = made.at(-1);
    if (outcome.error && last && last.status < 400) this.fail(id, "the function", "a result", String(outcome.error));
    return { ...outcome, body: last?.body, answers: made.map((e) => e.body) };
  }

  private judge(id: string, row: Row, exchange: Exchange) {
    const seen = this.seen.get(id) ?? new Set();
    this.seen.set(id, seen);
    if (!row.status.includes(exchange.status)) {
      this.fail(id, "status", row.status.join(" or "), `${exchange.status} ${exchange.body?.detail ?? ""}`.trim());
      return;
    }
    for (const wrong of checkFields(exchange.body, row.fields, (field) => seen.add(field))) {
      this.fail(id, wrong.field, wrong.expected, wrong.got);
    }
  }

  /** expect checks a field, or what the interface makes of it. */
  expect(id: string, field: string, expected: unknown, got: unknown) {
    if (JSON.stringify(expected) !== JSON.stringify(got)) this.fail(id, field, JSON.stringify(expected), String(JSON.stringify(got)).slice(0, 120));
  }

  fail(id: string, field: string, expected: string, got: string) {
    const row = rows[id];
    const line = `${row?.method} ${row?.path} (${id}): ${field}: expected ${expected}, got ${got}`;
    if (!this.failures.includes(line)) this.failures.push(line);
    if (this.stopAtFailure) throw new Stop(line);
  }

  /** finish adds a failure for each row that was not called and each field that no response had. */
  finish() {
    for (const [id, row] of Object.entries(rows)) {
      const seen = this.seen.get(id);
      if (!seen) this.fail(id, "the call itself", "at least one", "none");
      else for (const field of Object.keys(row.fields)) if (!seen.has(field)) this.fail(id, field, row.fields[field] ?? "", "no answer that has it");
    }
  }

  get fields(): number {
    return [...this.seen.values()].reduce((sum, fields) => sum + fields.size, 0);
  }
}

function decoded(data: unknown): unknown {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const got = path.split("?")[0]!.split("/");
  return expected.length === got.length && expected.every((part, i) => part.startsWith("{") || part === got[i]);
}
