// The whole system for tests in JavaScript: "dev attach" starts the database, an API, a worker, a sample website and
// servers in place of the model providers.
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @typedef {object} Stack
 * @property {string} api address with the scheme
 * @property {string} site address of the sample website
 * @property {string} logs folder of the programs' logs
 * @property {Record<string, string>} tokens by user
 * @property {Record<string, string>} keys API keys that the servers accept, by provider
 * @property {(user: string, role: string) => Promise<string>} tokenOf mints another token
 * @property {() => Promise<void>} stop
 */

/**
 * startStack starts the system for these users. It ends with this process.
 * @param {string} name of the folder below .data
 * @param {string[]} users
 * @returns {Promise<Stack>}
 */
export async function startStack(name, users) {
  const folder = `${root}.data/${name}`;
  const env = { ...process.env, DEPLOY_ENV: "local", DATABASE_URL: "", MIGRATE_DATABASE_URL: "" };
  const program = spawn(`${root}.bin/dev`, ["attach", "-dir", folder, "-users", users.join(",")], { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise((done) => program.once("close", () => done()));
  let log = "";
  program.stderr.on("data", (text) => (log += text));
  const line = await Promise.race([
    new Promise((done) => createInterface({ input: program.stdout }).once("line", done)),
    ended.then(() => { throw new Error(`the system did not start: ${log}`); }),
    new Promise((_, failed) => program.once("error", failed)),
  ]);
  return {
    ...JSON.parse(line),
    tokenOf: async (user, role) =>
      (await promisify(execFile)(`${root}.bin/api`, ["token", "-user", user, "-role", role], { env: { ...env, DATA_DIR: folder } })).stdout.trim(),
    stop: () => {
      program.stdin.end();
      return ended;
    },
  };
}
