// A connection that a network has lost without a word: nothing is closed, nothing arrives.

import { connect, createServer } from "node:net";

/** startWire forwards connections to a server until it is frozen. */
async function startWire(port) {
  const wire = { frozen: false };
  const ends = new Set();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]]) {
      ends.add(from);
      from.on("data", (part) => { if (!wire.frozen) to.write(part); });
      from.on("close", () => { ends.delete(from); if (!wire.frozen) to.destroy(); });
      from.on("error", () => {});
    }
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  wire.address = `http://127.0.0.1:${server.address().port}`;
  wire.stop = () => { server.close(); ends.forEach((one) => one.destroy()); };
  return wire;
}

/** loseConnection watches the badge in a window of its own while the connection is dead, and when it is back. */
export async function loseConnection(visitor, stack) {
  const wire = await startWire(Number(new URL(stack.api).port));
  const context = await visitor.page.browser().createBrowserContext();
  const page = await context.newPage();
  const badge = (wanted, timeout) => page.waitForFunction((text) => document.querySelector("#tools .badge")?.innerText === text, { timeout, polling: 200 }, wanted);
  try {
    await page.setCookie({ name: "onboarding", value: await stack.tokenOf("wire", ""), url: wire.address, httpOnly: true, sameSite: "Strict" });
    await page.goto(wire.address);
    await badge("Live", 20000);
    wire.frozen = true;
    const begin = Date.now();
    await badge("Offline", 60000).catch(() => {});
    const after = (Date.now() - begin) / 1000;
    visitor.check(after > 15 && after < 55, `a dead connection is noticed after 30 to 40 s, not ${after.toFixed(0)} s`);
    wire.frozen = false;
    await badge("Live", 40000).catch(() => {});
    visitor.check(await page.$eval("#tools .badge", (node) => node.innerText) === "Live", "the page is live again");
  } finally {
    await context.close();
    wire.stop();
  }
}
