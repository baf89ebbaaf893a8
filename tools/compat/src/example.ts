// Runs the example of our typed client.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Stack } from "../../stack.mjs";

const program = fileURLToPath(new URL("../../../clients/typescript/example.ts", import.meta.url));

/** runExample returns what was wrong with the example, "" if it did what it says. */
export async function runExample(stack: Stack, user: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath, [...process.execArgv, program, stack.api, stack.tokens[user] ?? "", stack.site], { timeout: 60_000 });
    for (const expected of ["in_progress", "completed 100 %", stack.site]) {
      if (!stdout.includes(expected)) return `the example of clients/typescript does not say ${expected} but: ${stdout}`;
    }
    return "";
  } catch (error: any) {
    return `the example of clients/typescript failed: ${error.stderr || error.message}`;
  }
}
