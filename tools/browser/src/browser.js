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

const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 360, height: 740 } };
const waitFor = 20000;

/** Visitor uses the page and counts its checks. */
export class Visitor {
  counts = { steps: 0, assertions: 0, screenshots: 0, violations: 0, failed: 0 };

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
    this.counts.steps++;
    const begin = Date.now();
    await walk();
    console.log(`browser: ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  }

  check(holds, what) {
    this.counts.assertions++;
    if (holds) return;
    this.counts.failed++;
    console.error(`browser: FAILED: ${what}`);
  }

  text() { return this.page.evaluate(() => document.body.innerText); }

  /** sees waits until the page shows a text. */
  async sees(wanted, where = "body") {
    this.counts.assertions++;
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

  /** click waits until the element stands still. */
  click(selector) { return this.page.locator(selector).click(); }

  /** type replaces the text of a field, found by its label. */
  async type(label, text) {
    const field = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="textbox"])`, { visible: true });
    await field.evaluate((node) => node.select());
    await field.type(text);
  }

  /** look takes four screenshots of a view and runs axe on it in both themes. */
  async look(name) {
    for (const theme of ["light", "dark"]) {
      await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }]);
      for (const [size, viewport] of Object.entries(sizes).reverse()) {
        await this.page.setViewport(viewport);
        const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        this.check(wide <= 0, `${name} at ${viewport.width} px is ${wide} px wider than the window`);
        await this.page.screenshot({ path: path.join(this.folder, `${name}-${size}-${theme}.png`), fullPage: true });
        this.counts.screenshots++;
      }
      await this.examine(`${name}, ${theme}`);
    }
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }, { name: "prefers-reduced-motion", value: "reduce" }]);
  }

  /** picture takes a single screenshot, of a page of River UI. */
  async picture(name) {
    await this.page.screenshot({ path: path.join(this.folder, `${name}.png`) });
    this.counts.screenshots++;
  }

  async examine(what) {
    if (!await this.page.evaluate("typeof window.axe")?.then((kind) => kind === "object")) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate("axe.run(document, {resultTypes: ['violations']})");
    for (const found of violations.filter((one) => one.impact === "serious" || one.impact === "critical")) {
      this.counts.violations++;
      console.error(`browser: ${what}: ${found.impact} ${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map((node) => node.target).join(" ; ")}: ${found.nodes[0].failureSummary}`);
    }
  }
}
