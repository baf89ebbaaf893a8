// One user's way through the page.

import { statSync } from "node:fs";

/** walk goes through the wizard. */
export async function walk(visitor, { api, site }) {
  const { page } = visitor;
  const rail = () => page.$eval("#rail", (node) => node.innerText.replace(/\s+/g, " "));
  const inRail = (n, word) => visitor.sees(word, `#rail [data-step="${n}"] small`);

  await visitor.step("sign in", async () => {
    await page.goto(`${api}/`);
    await visitor.sees("Teach it how you write");
    await page.keyboard.press("Tab");
    visitor.check(await page.evaluate(() => document.activeElement.className) === "skip-link", "the first Tab reaches the skip link");
    await visitor.look("1-sign-in");
    await visitor.type("Continue as", `ada-${Date.now().toString(36).slice(-4)}`); // short for the picture
    await visitor.press("Sign in");
    await visitor.sees("Step 1 of 6", "main");
    await visitor.sees("Live", "#tools");
  });

  await visitor.step("step 1: a key that is none, one that is stored and removed, then skipped", async () => {
    await visitor.type("API key", "sk-short");
    await visitor.sees("Not a key of OpenAI yet", "main");
    await visitor.look("2-providers");
    await visitor.type("API key", "sk-browser-0123456789abcdef");
    await visitor.sees("Looks right", "main");
    await visitor.press("Store the key");
    await visitor.sees("****cdef", "main");
    await inRail(1, "Completed");
    visitor.check(!(await page.content()).includes("0123456789abcdef"), "the key is not on the page any more");
    await visitor.press("Remove the key of OpenAI");
    await inRail(1, "Not started");
    await visitor.press("Skip this step");
    await visitor.sees("Step 2 of 6", "main");
    visitor.check(await page.evaluate(() => document.activeElement.tagName) === "H1", "the heading of the next step has the focus");
    await inRail(1, "Skipped");
    visitor.check((await rail()).includes("17%"), "one step of six is done");
  });

  await visitor.step("step 2: a website that fails", async () => {
    await visitor.click("input[value=text_sample]");
    await visitor.type("Your text", "Too short.");
    await visitor.sees("40 more characters needed", "main");
    await visitor.sees("10 / 10,000", "main");
    await visitor.click("input[value=website]");
    await visitor.type("Address of the website", "ftp://example.com");
    await visitor.sees("Only http and https", "main");
    await visitor.type("Address of the website", site.address);
    await visitor.sees("Looks like a website", "main");
    Object.assign(site, { broken: true, wait: 500 });
    await holdProgress(page);
    await visitor.press("Analyse");
    await inRail(2, "Failed"); // reported by the stream
    await page.evaluate(() => window.letGo()); // a response from before the failure arrives late
    await visitor.sees("has no page at this address", "main [role=alert]");
    await inRail(2, "Failed");
    visitor.check(await page.$eval("main .work-panel .primary", (node) => node.innerText) === "Change what you entered", "asking again does not help here");
    await visitor.look("3-failed");
  });

  await visitor.step("step 2: retried, and reloaded in the middle", async () => {
    Object.assign(site, { broken: false, wait: 2000 }); // long enough to be looked at in the middle
    await visitor.press("Retry");
    await visitor.sees("Read ", "main .work");
    await visitor.sees("Working", "main");
    await visitor.look("4-progress");
    visitor.check(await page.evaluate(() => document.activeElement.innerText) === "Cancel", "the focus is in the place of the button that went away");
    await page.reload();
    await visitor.sees("Step 2 of 6", "main");
    await visitor.sees("You can leave this page", "main .work");
    visitor.check((await page.$$("#rail [data-status=in_progress]")).length === 1, "the work goes on after the reload");
    site.wait = 0;
    await visitor.sees("What to do", "main .verdict");
    await inRail(2, "Completed");
    for (const shown of ["Confidence: high", "Cycling", "Very easy", "Strengths"]) await visitor.sees(shown, "main .verdict");
    for (const [list, least] of [[".chips li", 3], [".marked.check li", 3], [".marked.arrow li", 3]]) visitor.check((await page.$$(`.verdict ${list}`)).length === least, `the verdict has ${least} ${list}`);
    await visitor.fits("the result");
    const inSight = await page.evaluate(() => ["main .verdict .marked.arrow", "main .step-foot .primary"].map((one) => document.querySelector(one).getBoundingClientRect()).every((box) => box.top >= 0 && box.bottom <= innerHeight));
    visitor.check(inSight, "the verdict and Continue are in one screen");
    visitor.check(await page.$eval(".fold-body", (node) => node.hidden), "the form is folded");
    await page.evaluate(() => scrollTo(0, 0));
    const picture = await visitor.picture("result", process.env.PICTURE || undefined);
    visitor.check(statSync(picture).size < 200000, "the picture is smaller than 200 kB");
    for (const [tab, shown] of Object.entries({ Readers: "Written for", Readability: "How long sentences are", Words: "Keywords", Advice: "Weaknesses", Pages: "/blog/" })) {
      await visitor.press(tab, "tab");
      await visitor.sees(shown, "main .tab-panel:not([hidden])");
    }
    visitor.check((await page.$$(".report .chart svg")).length >= 2, "the analysis has its charts");
    visitor.check((await page.$$(".sitemap li")).length === 10, "ten pages were read");
    await visitor.press("Voice", "tab");
    await visitor.look("5-analysis");
  });

  await visitor.step("step 2: a value is edited where it stands, compared, and restored", async () => {
    await visitor.press("Edit Tone");
    await visitor.type("Tone", "dry and cheerful");
    await visitor.press("Save");
    await visitor.sees("Dry and cheerful", "main .verdict");
    await visitor.press("History", "tab");
    await visitor.sees("Edited by you", "main .history");
    await visitor.press("Compare version 1");
    await visitor.sees("dry and cheerful", "main .history dl");
    await visitor.look("5-edited");
    await visitor.press("Restore version 1");
    await visitor.sees("Restored from version 1", "main .history");
    visitor.check(!(await page.$eval("main .verdict", (node) => node.innerText)).includes("cheerful"), "the former tone is back");
  });

  await visitor.step("step 2: on paper", async () => {
    await page.emulateMediaType("print");
    const [shown, hidden] = await page.evaluate(() => [[...document.querySelectorAll(".tab-panel:not(.screen-only)")], [...document.querySelectorAll(".bar, .rail, .fold, .step-foot, .tab-list, .history")]].map((all) => all.filter((one) => one.checkVisibility()).length));
    visitor.check(shown === 6 && hidden === 0, `paper has all parts and no controls: ${shown} parts, ${hidden} controls`);
    await page.emulateMediaType("screen");
    visitor.check((await page.pdf()).length > 20000, "the result is saved as PDF");
    await page.setViewport({ width: 1280, height: 860 });
  });

  await visitor.step("step 2: cancelled", async () => {
    site.wait = 1500;
    await visitor.press("Analyse something else");
    await visitor.press("Analyse");
    await visitor.press("Cancel");
    await inRail(2, "Completed");
    visitor.check(await page.$("main .work") === null, "nothing runs after the cancel");
    site.wait = 0;
    await visitor.press("Continue");
  });

  await visitor.step("step 3: nothing chosen, then saved", async () => {
    await visitor.sees("Step 3 of 6", "main");
    await visitor.press("Blog Posts", "checkbox");
    await visitor.sees("Choose at least one kind", "main");
    await visitor.press("Blog Posts", "checkbox");
    await visitor.click("input[value=Deep]");
    await visitor.press("Save preferences");
    await visitor.sees("Your research preferences are stored", "main");
    await visitor.look("6-research");
    await visitor.press("Continue");
  });

  await visitor.step("step 4: personas", async () => {
    await visitor.sees("Where do you publish?", "main");
    await visitor.click("input[value=youtube]");
    await visitor.press("Generate personas");
    await visitor.sees("The voice of", "main .verdict");
    for (const shown of ["Quality", "LinkedIn", "YouTube", "How it writes"]) await visitor.sees(shown, "main .report");
    visitor.check((await page.$$(".platforms .tab")).length === 3, "there is a card for each of three platforms");
    visitor.check((await page.$$(".platforms .tab-panel:not([hidden])")).length === 1, "one platform is open");
    await visitor.sees("Sample post", "main .platforms .tab-panel:not([hidden])");
    visitor.check(await page.$(".chart .shape") !== null, "the quality is a radar");
    await visitor.look("7-personas");
    await page.focus(".platforms .tab[aria-selected=true]");
    await page.keyboard.press("ArrowRight");
    visitor.check((await page.$$(".platforms .tab-panel:not([hidden])")).length === 1, "the next one is open instead");
  });

  await visitor.step("step 4: a text is tried, and a sample post edited", async () => {
    await visitor.press("Try a text", "tab");
    await visitor.type("A text of yours", "Bring it in and we will find the noise. You know the one. Most bikes are back with you in two days, and nothing gets replaced before you say yes. Book a repair and bring the bike round.");
    await visitor.press("Score the text");
    await visitor.sees("of 100", "main [aria-label='Try a text']");
    await visitor.look("7-voice");
    await page.click(".platforms .tab");
    await visitor.press("Edit the post");
    await visitor.type("Sample post for LinkedIn", "Your bike is making a noise. Bring it in, and we will find it and tell you what it was.");
    await visitor.press("Save the post");
    await visitor.sees("Bring it in, and we will find it and tell", "main .sample-text");
    await visitor.sees("Edited by you", "main .verdict");
    await visitor.press("History", "tab");
    await visitor.press("Restore version 1");
    await visitor.sees("Restored from version 1", "main .history");
  });

  await visitor.step("step 4: generated again, and the former version restored", async () => {
    await visitor.press("Choose other platforms");
    await visitor.click("input[value=youtube]");
    await visitor.press("Generate personas");
    await page.waitForFunction(() => document.querySelectorAll(".platforms .tab").length === 2);
    await visitor.press("Compare version 1");
    await visitor.sees("What changed from version 1 to", "main .history");
    await visitor.press("Restore version 1");
    await page.waitForFunction(() => document.querySelectorAll(".platforms .tab").length === 3);
    await visitor.look("7-history");
    await visitor.press("Continue");
  });

  await visitor.step("step 5: skipped", async () => {
    await visitor.sees("Which networks", "main");
    visitor.check((await page.$$("main input:checked")).length === 0, "nothing is chosen beforehand");
    await visitor.press("Save");
    await visitor.sees("Choose what you use", "main");
    await visitor.look("8-integrations");
    await visitor.press("Skip this step");
    await inRail(5, "Skipped");
  });

  await visitor.step("step 6: the inputs, and the finish", async () => {
    await visitor.sees("Revision", "main");
    await visitor.sees("Deep: Blog Posts", "main");
    await visitor.click("main details summary");
    visitor.check((await page.$eval("main pre", (node) => JSON.parse(node.textContent))).is_default === false, "the document is that of the user");
    await visitor.press("Copy the inputs");
    await page.waitForFunction(() => document.getElementById("announcer").textContent.includes("clipboard"));
    visitor.check((await page.evaluate(() => navigator.clipboard.readText())).includes("keyword_analysis"), "the document is on the clipboard");
    await visitor.press("Finish");
    await visitor.sees("Your onboarding is complete", "main");
    visitor.check((await rail()).includes("100%"), "all is done");
    await visitor.look("9-finished");
  });

  await visitor.step("no stream: polling", async () => {
    await page.setRequestInterception(true);
    page.on("request", withoutStream);
    await page.reload();
    await visitor.sees("Polling", "#tools");
    await page.setOfflineMode(true);
    await visitor.sees("Offline", "#tools");
    await page.setOfflineMode(false);
    await visitor.sees("Polling", "#tools");
    await visitor.click("#rail [data-step='2']");
    site.wait = 900;
    await visitor.press("Analyse something else");
    await visitor.press("Analyse");
    await visitor.sees("Read ", "main .work");
    site.wait = 0;
    await page.waitForSelector("main .work", { hidden: true });
    await inRail(2, "Completed");
  });

  await visitor.step("reset, start over, sign out", async () => {
    await visitor.click("#rail [data-step='3']");
    await visitor.press("Reset this step");
    await visitor.click("dialog .danger");
    await inRail(3, "Not started");
    await visitor.click("#rail [data-step='6']");
    const before = await rail();
    await visitor.press("Start over");
    await page.waitForSelector("dialog[open]");
    visitor.check(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)), "the dialog has the focus");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog"));
    visitor.check(before === await rail(), "Escape changes nothing");
    await visitor.press("Start over");
    await visitor.click("dialog .danger");
    await visitor.sees("Step 1 of 6", "main");
    await visitor.sees("0%", "#rail");
    await visitor.press("Use the dark theme");
    visitor.check(await page.evaluate(() => document.documentElement.dataset.theme) === "dark", "the theme can be changed");
    await page.setCookie({ name: "onboarding", value: "no.good.token", url: api, httpOnly: true, sameSite: "Strict" });
    await page.reload();
    await visitor.sees("Teach it how you write", "main");
  });

  page.off("request", withoutStream);
  await page.setRequestInterception(false);
  visitor.check(visitor.noise.filter((line) => !/ERR_FAILED|ERR_INTERNET_DISCONNECTED/.test(line)).length === 0, `the console is quiet: ${visitor.noise.join(" | ")}`);
}

const withoutStream = (request) => (request.url().includes("/stream-ticket") ? request.abort() : request.continue());

/** holdProgress holds back the next response of /progress until the page's letGo is called. */
async function holdProgress(page) {
  await page.evaluate(() => {
    const real = window.fetch;
    const held = new Promise((resolve) => { window.letGo = resolve; });
    window.fetch = async (address, ...more) => {
      const answer = await real(address, ...more);
      if (!String(address).endsWith("/progress")) return answer;
      window.fetch = real;
      await held;
      return answer;
    };
  });
}
