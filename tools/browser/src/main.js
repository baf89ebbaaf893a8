// Drives the web page with a browser against real processes. The exit code is 0 when all checks passed, axe found
// nothing, and no page scrolls sideways.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { startStack } from "../../stack.mjs";
import { Visitor, launch } from "./browser.js";
import { readDocs } from "./docs.js";
import { showHostile } from "./hostile.js";
import { byKeyboard, withoutWebsite } from "./more.js";
import { loseConnection } from "./connection.js";
import { operate } from "./ops.js";
import { startSite } from "./site.js";
import { twoTabs } from "./tabs.js";
import { walk } from "./walk.js";

const limit = 420000; // about a minute on a machine of one's own
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const stops = [];
let visitor = null, hostile = { pages: 0, executed: 0 };

async function run() {
  const stack = await startStack("browser", ["ops"]);
  stops.push(stack.stop);
  const site = await startSite(stack.site);
  stops.push(site.stop);
  const browser = await launch();
  stops.push(() => browser.close());
  const context = browser.defaultBrowserContext();
  await context.overridePermissions(stack.api, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
  visitor = new Visitor(await browser.newPage(), path.join(root, ".data", "screenshots"));
  await visitor.page.setViewport({ width: 1280, height: 860 });
  await readDocs(visitor, stack.api);
  hostile = await showHostile(visitor, stack, path.join(root, "internal/e2e/testdata/hostile"));
  const cut = loseConnection(visitor, stack); // it takes a minute, beside the others
  cut.catch(() => {}); // it is awaited below
  await withoutWebsite(visitor, { api: stack.api });
  await byKeyboard(visitor, { api: stack.api, site });
  await walk(visitor, { api: stack.api, site });
  await twoTabs(visitor, stack.api);
  await cut;
  await operate(visitor, stack);
}

async function stopAll() {
  for (const stop of stops.splice(0).reverse()) await stop();
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, async () => { await stopAll(); process.exit(1); });
const late = new Promise((_, reject) => { setTimeout(() => reject(new Error(`the walk did not end within ${limit / 1000} s`)), limit).unref(); });
let broken = null;
try {
  await Promise.race([run(), late]);
} catch (error) {
  broken = error;
  console.error(`browser: ${error.stack ?? error}`);
  await visitor?.page.screenshot({ path: path.join(root, ".data", "screenshots", "failure.png"), fullPage: true }).catch(() => {});
} finally {
  await stopAll();
}
const { pages = 0, checks = 0, failed = 0, overflow = 0 } = visitor?.counts ?? {};
const lost = broken && failed === 0 ? 1 : failed;
console.log(`browser: hostile_pages=${hostile.pages} executed=${hostile.executed}`);
console.log(`browser: pages=${pages} checks=${checks} failed=${lost} overflow=${overflow}`);
process.exit(broken || lost || overflow ? 1 : 0);
