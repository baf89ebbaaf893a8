// Hostile websites: what is found on them is shown as text. Nothing of it runs, and nothing that it names is fetched.

import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const controls = /[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x0b-\x1f\x7f]/;

/** serve answers with what respond makes of a path, until stop. */
async function serve(respond) {
  const server = createServer((incoming, answer) => {
    const page = respond(incoming.url);
    answer.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8" }).end(page ?? "");
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return { port: server.address().port, stop: () => { server.close(); server.closeAllConnections(); } };
}

/** onboard has a website analysed, and personas made of it. */
async function onboard(stack, user, website) {
  const token = await stack.tokenOf(user, "");
  const call = async (method, address, body) => {
    const answer = await fetch(`${stack.api}/api/onboarding${address}`, {
      method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${address} of ${user}: ${await answer.text()}`);
    return answer.json();
  };
  const submit = async (step, data) => {
    await call("POST", `/step/${step}/complete`, { data });
    for (let i = 0; i < 600; i++) {
      const { status } = await call("GET", `/step/${step}`);
      if (status === "completed") return;
      if (status === "failed") throw new Error(`step ${step} of ${user} failed`);
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    throw new Error(`step ${step} of ${user} does not end`);
  };
  await call("POST", "/api-keys", { provider: "openai", api_key: stack.keys.openai });
  await submit(2, { website });
  await submit(4, { selected_platforms: ["linkedin"] });
  return token;
}

/** watch counts what a page runs, opens and fetches. */
async function watch(page, api, seen) {
  await page.exposeFunction("executed", (what) => seen.executed.push(`executed ${what}`));
  page.on("dialog", async (dialog) => { seen.executed.push(`dialog ${dialog.message()}`); await dialog.dismiss(); });
  page.on("popup", () => seen.executed.push("popup"));
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:" && host !== new URL(api).host) seen.fetched.push(request.url());
  });
  await page.evaluateOnNewDocument(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
}

/** look opens every tab and fold and returns what stands in the view, and what in it could do something. */
function look(page) {
  return page.evaluate(() => {
    document.querySelectorAll("main details").forEach((one) => { one.open = true; });
    document.querySelectorAll("main [role=tabpanel]").forEach((one) => { one.hidden = false; });
    const main = document.querySelector("main");
    const active = [...main.querySelectorAll("script, iframe, object, embed, img, video, audio, style, link, base, math, template")].map((one) => one.outerHTML.slice(0, 80));
    const handlers = [...main.querySelectorAll("*")].filter((one) => [...one.attributes].some((a) => /^on/i.test(a.name) || /^\s*(javascript|data|vbscript):/i.test(a.value)));
    const links = [...main.querySelectorAll("a[href]")].filter((one) => !["http:", "https:"].includes(one.protocol));
    return { text: main.innerText, active: [...active, ...[...handlers, ...links].map((one) => one.outerHTML.slice(0, 80))], refused: window.refused };
  });
}

/** showHostile shows what was made of each page of a folder. It returns how many there are, and counts what ran and what was fetched. */
export async function showHostile(visitor, stack, folder) {
  const seen = { executed: [], fetched: [] };
  const beacon = await serve((url) => { seen.fetched.push(`website: ${url}`); });
  const names = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
  const sites = await Promise.all(names.map((name) => {
    const content = readFileSync(path.join(folder, name), "utf8").replaceAll("{{BEACON}}", `http://localhost:${beacon.port}`);
    return serve((url) => (url === "/" ? content : undefined));
  }));
  const page = await visitor.page.browser().newPage();
  await watch(page, stack.api, seen);
  let shown = 0;
  await visitor.step(`${names.length} hostile websites`, async () => {
    const run = Date.now();
    const tokens = await Promise.all(names.map((name, i) => onboard(stack, `hostile-${run}-${name}`, `http://127.0.0.1:${sites[i].port}`)));
    await page.goto(`${stack.api}/`);
    for (const [i, name] of names.entries()) {
      await page.setCookie({ name: "onboarding", value: tokens[i], url: stack.api, httpOnly: true, sameSite: "Strict" });
      let text = "";
      for (const step of [2, 4, 6]) {
        await page.goto(`${stack.api}/?${i}${step}#/step/${step}`);
        await page.waitForSelector(step === 6 ? "main details" : "main .report");
        const found = await look(page);
        text += found.text;
        seen.executed.push(...found.active.map((one) => `${name}: ${one}`), ...found.refused.map((one) => `${name}: refused ${one}`));
      }
      visitor.check(!controls.test(text), `${name}: no character that a screen obeys is shown`);
      if (/executed\(|answer-mode=/.test(text)) shown++;
    }
    visitor.check(seen.executed.length === 0, `nothing of a hostile page runs: ${seen.executed.slice(0, 5).join(" | ")}`);
    visitor.check(seen.fetched.length === 0, `nothing that a hostile page names is fetched: ${seen.fetched.slice(0, 5).join(" | ")}`);
    visitor.check(shown >= 5, `what hostile pages say is shown as text: on ${shown} of them`);
  });
  await page.close();
  [beacon, ...sites].forEach((one) => one.stop());
  return { pages: names.length, executed: seen.executed.length + seen.fetched.length };
}
