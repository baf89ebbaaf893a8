// An operator's way through the console.

import { readFile } from "node:fs/promises";

/** fails leaves a user with a failed step, for operators to act on. */
async function fails(api, token, website) {
  const call = async (method, path, body) => {
    const answer = await fetch(`${api}/api/onboarding${path}`, { method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
  await call("POST", "/step/2/complete", JSON.stringify({ data: { website } }));
  for (let i = 0; i < 200; i++) {
    const { status } = await call("GET", "/step/2");
    if (status === "failed") return;
    if (status !== "in_progress") throw new Error(`step 2 of ${website} is ${status}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`step 2 of ${website} did not fail`);
}

/** sameAsPackage checks that what draws the curves is what npm has, whose version and checksum the lock file names. */
async function sameAsPackage(visitor, api) {
  for (const name of ["uPlot.iife.min.js", "uPlot.min.css"]) {
    const served = await (await fetch(`${api}/uplot/${name}`)).text();
    const published = await readFile(new URL(`../node_modules/uplot/dist/${name}`, import.meta.url), "utf8");
    visitor.check(served === published, `${name} is that of the npm package`);
  }
}

/** operate signs in, goes through the console, and changes something on each page. */
export async function operate(visitor, { api, site, tokenOf }) {
  const { page } = visitor;
  const admin = await tokenOf("ops", "admin"), user = await tokenOf("someone", "");
  await fails(api, user, `${site}/no-such-page`);
  await Promise.all(Array.from({ length: 15 }, async (_, i) => fails(api, await tokenOf(`unlucky-${i}`, ""), `${site}/no-such-page`)));
  await sameAsPackage(visitor, api);
  /** to opens a page of the console and waits until a panel shows a text. */
  const to = async (hash, wanted, where = "main") => {
    await page.goto(`${api}/ops${hash}`);
    await visitor.sees(wanted, where);
  };

  await visitor.step("operations: a deep link survives the sign-in", async () => {
    await page.evaluate(() => localStorage.clear()); // the theme of the other page
    await page.goto(`${api}/ops#/users/someone`);
    await visitor.sees("JSON Web Token of an operator");
    visitor.check(page.url().endsWith("/ops/sign-in#/users/someone"), "a visitor who is not signed in is redirected to the sign-in");
    await visitor.type("Token", "nonsense");
    await visitor.press("Sign in");
    await visitor.sees("three parts", "main");
    await visitor.type("Token", user);
    await visitor.press("Sign in");
    await visitor.sees("for operators only", "main [role=alert]");
    await visitor.look("ops-1-sign-in");
    await visitor.type("Token", admin);
    await visitor.press("Sign in");
    await visitor.sees("page not found", "#user");
    visitor.check(page.url().endsWith("/ops#/users/someone"), "the sign-in goes on at the address");
    visitor.check(await page.evaluate(() => document.cookie) === "", "no script can read the cookie");
  });

  await visitor.step("operations: the overview, with an alert", async () => {
    await visitor.click("#sections a[href='#/']");
    await visitor.sees("network", "#queues tbody");
    await visitor.sees("Nothing of that kind failed", "#failed");
    await page.waitForFunction(() => { // the rollups count within half a minute
      document.querySelector("#main .ops-head button").click();
      return document.querySelector("#alerts .ops-alerts")?.innerText.includes("StepsFailing");
    }, { polling: 2000, timeout: 60000 });
    await page.waitForSelector("#curves .uplot canvas");
    visitor.check((await page.$$("#curves .uplot")).length === 2, "two charts are drawn");
    await visitor.look("ops-2-overview");
    await visitor.click("#curves a[href='#/?window=7d']");
    await page.waitForFunction(() => document.querySelector("#curves a[aria-current]")?.innerText === "7 days" && document.querySelector("#curves .uplot canvas"));
  });

  await visitor.step("operations: from a firing alert to a failing submission and its retry", async () => {
    let clicks = 0;
    const click = async (selector) => { clicks++; await visitor.click(selector); };
    await click("#alerts a[href^='#/alerts/StepsFailing']");
    await visitor.sees("Runbook", "#alert");
    await visitor.sees("page not found", "#failed");
    await visitor.look("ops-2-alert");
    clicks = 1; // nothing but looking was done since
    await click("#failed tbody tr:first-child td:last-child a");
    await visitor.sees("Queued", "#submission .timeline");
    await visitor.sees("page not found", "#submission");
    await visitor.look("ops-6-submission");
    await click("::-p-aria([name='Retry'][role='button'])");
    await click("dialog .danger");
    await visitor.sees("submitted again", "#submission-said");
    visitor.check(clicks <= 4, `it takes ${clicks} clicks`);
  });

  await visitor.step("operations: a user is found, and retried", async () => {
    await visitor.click("#sections a[href='#/users']");
    await visitor.sees("someone", "#users");
    await visitor.type("The id begins with", "some");
    await visitor.press("Search");
    await page.waitForFunction(() => location.hash.includes("prefix=some"));
    await visitor.sees("page not found", "#users");
    await visitor.look("ops-3-users");
    await visitor.click("#users a[href='#/users/someone']");
    await visitor.sees("website analysis", "#user");
    await visitor.look("ops-4-user");
    await visitor.press("Retry failed steps");
    await visitor.click("dialog .danger");
    await visitor.sees("submitted again", "#user-said");
    await visitor.press("Refresh");
    await visitor.sees("onboarding.retry_failed", "#user-audit");
  });

  await visitor.step("operations: failures", async () => {
    await to("#/failures", "page not found", "#failed");
    await visitor.sees("user or website", "#failed");
    await visitor.look("ops-5-failures");
  });

  await visitor.step("operations: the funnel", async () => {
    await to("#/funnel", "95th percentile", "#funnel");
    visitor.check((await page.$$("#funnel .funnel li")).length === 6, "the funnel has six steps");
    await visitor.look("ops-7-funnel");
  });

  await visitor.step("operations: a queue is paused and resumed by keyboard", async () => {
    await to("#/work", "network", "#queues tbody");
    await visitor.sees("Leads", "#workers");
    await visitor.sees("Alive", "#workers");
    visitor.check(!(await page.$eval("#workers", (node) => node.innerText)).includes("not known"), "the worker says where it runs and of which release it is");
    await page.focus("[aria-label='Pause bulk']");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    // A closed dialog is hidden before its question is answered; the button works again after that.
    await page.waitForFunction(() => !document.querySelector("dialog"));
    visitor.check((await page.$$("#queues .badge.warn")).length === 0, "Escape changes nothing");
    await page.keyboard.press("Enter");
    await visitor.click("dialog .danger");
    await visitor.sees("Paused", "#queues");
    await page.waitForSelector("[aria-label='Resume bulk']");
    await page.evaluate(() => scrollTo(0, 0));
    await visitor.look("ops-8-work");
    await visitor.press("Resume bulk");
    await page.waitForSelector("[aria-label='Pause bulk']");
  });

  await visitor.step("operations: the audit log", async () => {
    await to("#/audit?changes=true", "admin.pauseQueue", "#audit");
    await visitor.sees("ops.sign_in", "#audit");
    await visitor.sees("Refused", "#audit");
    visitor.check(!(await page.$eval("#audit", (node) => node.innerText)).includes("admin.list"), "reads are left out");
    await visitor.look("ops-9-audit");
    await visitor.type("What", "admin.pauseQueue");
    await visitor.press("Find");
    await page.waitForFunction(() => location.hash.includes("action=admin.pauseQueue"));
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll("#audit tbody tr")];
      return rows.length > 0 && rows.every((row) => row.innerText.includes("admin.pauseQueue"));
    });
  });

  await visitor.step("operations: a bulk operation", async () => {
    await to("#/bulk", "Bulk operations", "h1");
    await visitor.click("main input[value=rebuild_inputs]");
    await visitor.type("The id begins with", "unlucky-");
    await visitor.press("Count the users");
    await visitor.sees("finds 15 users", "#bulk-said");
    await visitor.look("ops-10-bulk");
    await visitor.press("Start for 15 users");
    await visitor.click("dialog .danger");
    await visitor.sees("rebuild inputs", "#bulk table");
  });

  await visitor.step("River UI", async () => {
    await visitor.click("#tools a[href='/ops/river/']");
    await visitor.sees("Completed");
    await page.setViewport({ width: 1280, height: 860 });
    await page.goto(`${api}/ops/river/jobs?state=completed`);
    await visitor.sees("website_analysis");
    await visitor.picture("ops-11-river");
    await page.goto(`${api}/ops/river/queues`);
    await visitor.sees("interactive");
    await visitor.picture("ops-12-river-queues");
  });

  await visitor.step("operations: sign out, and back to a job", async () => {
    await page.goto(`${api}/ops`);
    await visitor.press("Sign out");
    await visitor.sees("JSON Web Token of an operator");
    await page.goto(`${api}/ops/river/jobs/1`);
    await visitor.sees("JSON Web Token of an operator");
    await visitor.type("Token", admin);
    await visitor.press("Sign in");
    await page.waitForFunction(() => location.pathname === "/ops/river/jobs/1");
  });
}
