// Everything that is needed, started: database, api, worker, a website and model servers.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

export interface Stack {
  api: string;
  site: string;
  logs: string;
  tokens: Record<string, string>;
  keys: Record<string, string>;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** startStack starts it for these users; it ends with this process, whatever ends that. */
export async function startStack(users: string[]): Promise<Stack> {
  const program = spawn(`${root}.bin/dev`, ["attach", "-users", users.join(",")], { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((done) => program.once("close", () => done()));
  let said = "";
  program.stderr.on("data", (text) => (said += text));
  const line = await Promise.race([
    new Promise<string>((done) => createInterface({ input: program.stdout }).once("line", done)),
    ended.then(() => { throw new Error(`nothing runs: ${said}`); }),
    new Promise<never>((_, failed) => program.once("error", failed)),
  ]);
  return {
    ...JSON.parse(line),
    stop: () => {
      program.stdin.end();
      return ended;
    },
  };
}
