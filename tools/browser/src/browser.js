// Finds the browser, and wraps a page for the walk.

import { accessSync, constants, mkdirSync } from "node:fs";
import path from "node:path";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const places = [
  process.env.CHROME_PATH, "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function program() {
  const found = places.filter(Boolean).find((place) => {
    try { accessSync(place, constants.X_OK); return true; } catch { return false; }
  });
  if (!found) throw new Error("there is no Chromium on this machine: install it, or name one with CHROME_PATH");
  return found;
}

export function launch() {
  return puppeteer.launch({
    executablePath: program(), headless: true,
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--hide-scrollbars"],
  });
}

const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 360, height: 740 }, narrow: { width: 320, height: 640 } };
const themes = { light: ["narrow", "phone", "desktop"], dark: ["phone", "desktop"] };
const waitFor = 20000;

/** Visitor uses the page and counts its checks. */
export class Visitor {
  counts = { pages: 0, checks: 0, failed: 0, overflow: 0 };

  constructor(page, folder) {
    this.page = page;
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.noise = [];
    page.on("pageerror", (error) => this.noise.push(`error: ${error.message}`));
    page.on("console", (message) => {
      // Refused requests are expected; the page shows their message.
      if (message.type() === "error" && !/status of [45]\d\d/.test(message.text())) this.noise.push(message.text());
    });
    page.setDefaultTimeout(waitFor);
  }

  /** step runs a part of the walk; a failure ends the walk. */
  async step(name, walk) {
    const begin = Date.now();
    await walk();
    console.log(`browser: ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  }

  check(holds, what) {
    this.counts.checks++;
    if (holds) return;
    this.counts.failed++;
    console.error(`browser: FAILED: ${what}`);
  }

  text() { return this.page.evaluate(() => document.body.innerText); }

  /** sees waits until the page shows a text. */
  async sees(wanted, where = "body") {
    this.counts.checks++;
    try {
      await this.page.waitForFunction((text, selector) => document.querySelector(selector)?.innerText.toLowerCase().includes(text.toLowerCase()), { polling: 50 }, wanted, where);
    } catch {
      this.counts.failed++;
      const shown = await this.page.evaluate((selector) => document.querySelector(selector)?.innerText, where);
      throw new Error(`the page does not show ${JSON.stringify(wanted)} in ${where} but:\n${shown?.slice(0, 1500)}`);
    }
  }

  /** press presses a control by its accessible role and name. */
  press(name, role = "button") { return this.click(`::-p-aria([name="${name}"][role="${role}"])`); }

  /** click waits until the element stands still, and is not below what sticks to the edge of the window. */
  async click(selector) {
    const node = await this.page.locator(selector).waitHandle();
    await node.evaluate((one) => one.scrollIntoView({ block: "center" }));
    await this.page.locator(selector).click();
  }

  /** type replaces the text of a field, found by its label. */
  async type(label, text) {
    const field = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="textbox"])`, { visible: true });
    await field.evaluate((node) => node.select());
    await field.type(text);
  }

  /** look takes screenshots of a view in the sizes of both themes, and runs axe on it. */
  async look(name) {
    this.counts.pages++;
    for (const [theme, shown] of Object.entries(themes)) {
      await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }]);
      for (const size of shown) {
        await this.page.setViewport(sizes[size]);
        await this.fits(`${name} at ${sizes[size].width} px`);
        await this.whole(`${name}-${size}-${theme}`, sizes[size]);
      }
      await this.examine(`${name}, ${theme}`);
    }
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }, { name: "prefers-reduced-motion", value: "reduce" }]);
  }

  /** fits checks that nothing makes the page scroll sideways. */
  async fits(what) {
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) this.counts.overflow++;
    this.check(wide <= 0, `${what} is ${wide} px wider than the window`);
  }

  /** whole takes a screenshot of the whole page, in a window as tall as it: what sticks to the window's edge is then at the end. */
  async whole(name, { width, height }) {
    const tall = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewport({ width, height: Math.max(height, tall) });
    await this.page.screenshot({ path: path.join(this.folder, `${name}.png`) });
    await this.page.setViewport({ width, height });
  }

  /** picture takes a screenshot of what is in the window. */
  async picture(name, file = path.join(this.folder, `${name}.png`)) {
    await this.page.screenshot({ path: file });
    return file;
  }

  async examine(what) {
    if (!await this.page.evaluate("typeof window.axe")?.then((kind) => kind === "object")) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate("axe.run(document, {resultTypes: ['violations']})");
    this.counts.checks++;
    for (const found of violations) {
      this.counts.failed++;
      console.error(`browser: FAILED: ${what}: ${found.impact} ${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map((node) => node.target).join(" ; ")}: ${found.nodes[0].failureSummary}`);
    }
  }
}
