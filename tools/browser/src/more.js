// A second user, without a website, and a third, without a mouse.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const text = "We repair bicycles in a small workshop. Come in and learn how to mend a tyre. Everybody is welcome on Saturdays, and the tea is free. ";

/** withoutWebsite checks a key, and is analysed from a text and from a business description. */
export async function withoutWebsite(visitor, { api }) {
  const { page } = visitor;
  await visitor.step("a second user: a key that is checked", async () => {
    await signIn(visitor, api, "words");
    await visitor.type("API key", "sk-browser-0123456789abcdef");
    await visitor.press("Store the key");
    await visitor.sees("Not checked yet", "main .keys");
    await visitor.press("Check them");
    // The verdict depends on whether the provider can be reached.
    await page.waitForFunction(() => /Refused by the provider|Could not be checked/i.test(document.querySelector("main .keys").innerText));
    visitor.check(!(await page.content()).includes("0123456789abcdef"), "the key is not on the page");
    await visitor.press("Remove the key of OpenAI"); // else the analysis would use it
    await visitor.press("Skip this step");
  });

  await visitor.step("step 2: from a text, which is downloaded", async () => {
    await visitor.click("input[value=text_sample]");
    await visitor.type("Your text", text.repeat(3).trim());
    await visitor.sees("Long enough", "main");
    await visitor.press("Analyse");
    await visitor.sees("Confidence", "main .verdict");
    const analysis = JSON.parse(await downloaded(visitor, "Download the analysis as JSON", "website-analysis.json"));
    visitor.check(analysis.website_url === null && analysis.measurements.words > 50, "the file holds the analysis of the text");
    const table = await downloaded(visitor, "Download the analysis as CSV", "website-analysis.csv");
    visitor.check(/^"part","field","value","evidence"\r\n(".*"\r\n){20,}$/.test(table) && table.includes('"writing_style.tone"'), "the table has a line for each value");
    visitor.check(!/"[=+@-]/.test(table.replaceAll(/"-?[\d.]+"/g, "")), "no cell of the table begins as a formula does");
  });

  await visitor.step("step 2: from a description of the business", async () => {
    await visitor.press("Analyse something else");
    await visitor.click("input[value=business_description]");
    await visitor.type("What your business does", "Short");
    await visitor.sees("5 more characters needed", "main");
    await visitor.type("What your business does", text.trim());
    const before = await page.$eval("main .report", (node) => node.innerText);
    await visitor.press("Analyse");
    await page.waitForFunction((old) => ![old, undefined].includes(document.querySelector("main .report")?.innerText), {}, before);
    await visitor.sees("Confidence", "main .verdict");
    await visitor.look("10-description");
  });
}

/** byKeyboard goes from the sign-in to step 4 by keyboard only. */
export async function byKeyboard(visitor, { api, site }) {
  const { page } = visitor;
  await visitor.step("a third user: the keyboard alone", async () => {
    await signOut(visitor, api);
    await page.goto(`${api}/`);
    await reach(visitor, "Continue as");
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type(`keys-${Date.now()}`);
    await page.keyboard.press("Enter");
    await visitor.sees("Step 1 of 6", "main");
    await use(visitor, "Skip this step");
    await visitor.sees("Step 2 of 6", "main");
    await reach(visitor, "Address of the website");
    await page.keyboard.type(site.address);
    await page.keyboard.press("Enter");
    await visitor.sees("Confidence", "main .verdict");
    await use(visitor, "Continue");
    await visitor.sees("Step 3 of 6", "main");
    await use(visitor, "Save preferences");
    await visitor.sees("Your research preferences are stored", "main");
    await use(visitor, "Continue");
    await visitor.sees("Step 4 of 6", "main");
  });
  await signOut(visitor, api); // for the next user
}

async function signOut({ page }, api) {
  await page.goto(`${api}/`);
  await page.evaluate(() => fetch("/session", { method: "DELETE" }));
}

async function signIn(visitor, api, name) {
  await signOut(visitor, api);
  await visitor.page.goto(`${api}/`);
  await visitor.type("Continue as", `${name}-${Date.now()}`);
  await visitor.press("Sign in");
  await visitor.sees("Step 1 of 6", "main");
}

/** reach presses Tab until an element of that name has the focus, which must be visible. */
async function reach(visitor, name) {
  const { page } = visitor;
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const one = document.activeElement, style = getComputedStyle(one);
      const label = one.labels?.[0]?.innerText ?? one.getAttribute("aria-label") ?? one.innerText ?? "";
      return { label, seen: one.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none") };
    });
    if (!now.label.includes(name)) continue;
    visitor.check(now.seen, `the focus on ${name} is visible`);
    return;
  }
  throw new Error(`no number of Tabs leads to ${name}`);
}

async function use(visitor, name) {
  await reach(visitor, name);
  await visitor.page.keyboard.press("Enter");
}

/** downloaded presses a button and returns the file that the browser saves. */
async function downloaded(visitor, button, name) {
  const folder = await mkdtemp(path.join(tmpdir(), "browser-"));
  const session = await visitor.page.createCDPSession();
  try {
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, eventsEnabled: true });
    const begun = new Promise((resolve) => session.once("Browser.downloadWillBegin", resolve));
    const ended = new Promise((resolve) => session.on("Browser.downloadProgress", (now) => { if (now.state === "completed") resolve(); }));
    await visitor.press(button);
    const { suggestedFilename } = await begun;
    visitor.check(suggestedFilename === name, `the file is ${name}, not ${suggestedFilename}`);
    await ended;
    return await readFile(path.join(folder, name), "utf8");
  } finally {
    await session.detach();
    await rm(folder, { recursive: true });
  }
}
