// Really started processes: the database, the API, a worker and the sample site, by the
// developer's command of this project; and a website before the sample site that can fail.

import { execFile, spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

/** startStack runs "dev run" with a data folder of its own and resolves when it is ready. */
export function startStack(root) {
  const data = path.join(root, ".data", "browser");
  mkdirSync(data, { recursive: true });
  const child = spawn(path.join(root, ".bin", "dev"), ["run"], {
    cwd: root, stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DEPLOY_ENV: "local", DATA_DIR: data, DATABASE_URL: "", MIGRATE_DATABASE_URL: "" },
  });
  const ended = new Promise((resolve) => { child.once("exit", resolve); });
  /** tokenOf mints a token as a developer does. */
  const tokenOf = async (user, role) => (await promisify(execFile)(path.join(root, ".bin", "api"), ["token", "-user", user, "-role", role],
    { env: { ...process.env, DEPLOY_ENV: "local", DATA_DIR: data } })).stdout.trim();
  const stop = async () => { child.kill("SIGINT"); await ended; };
  return new Promise((resolve, reject) => {
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      told += text;
      const api = /^ {2}API +(\S+)$/m.exec(told), site = /^ {2}website +(\S+)$/m.exec(told);
      if (api && site && told.includes("Try it:")) resolve({ api: api[1], site: site[1], stop, tokenOf });
    });
    ended.then((code) => reject(new Error(`the stack ended with ${code}; its logs are in ${data}/run`)));
  });
}

/** startSite serves the pages of another site. broken: there are none; wait: each takes
 * that many milliseconds. */
export async function startSite(behind) {
  const site = { broken: false, wait: 0 };
  const server = createServer((incoming, answer) => {
    setTimeout(() => {
      if (site.broken) {
        answer.writeHead(404).end("gone");
        return;
      }
      const headers = { ...incoming.headers, "accept-encoding": "identity" };
      incoming.pipe(request(new URL(incoming.url, behind), { method: incoming.method, headers }, (page) => {
        answer.writeHead(page.statusCode, page.headers);
        page.pipe(answer);
      }).on("error", () => answer.destroy()));
    }, incoming.url === "/robots.txt" ? 0 : site.wait);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  site.address = `http://127.0.0.1:${server.address().port}`;
  site.stop = () => { server.close(); server.closeAllConnections(); };
  return site;
}
