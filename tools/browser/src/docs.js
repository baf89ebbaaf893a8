// The documentation page, which must work without other hosts and under its own policy.

/** readDocs opens /docs and looks up an operation. */
export async function readDocs(visitor, api) {
  const page = await visitor.page.browser().newPage();
  const hosts = new Set();
  page.on("request", (request) => { if (!request.url().startsWith("data:")) hosts.add(new URL(request.url()).host); });
  await page.evaluateOnNewDocument(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  const { paths } = await (await fetch(`${api}/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((path) => Object.values(path)).length;

  await visitor.step("the documentation", async () => {
    await page.goto(`${api}/docs`);
    await page.waitForFunction((count) => document.querySelectorAll(".opblock").length >= count, { timeout: 90000, polling: 500 }, operations);
    const shown = await page.$$eval(".opblock", (blocks) => blocks.length);
    visitor.check(shown === operations, `${operations} operations are listed, not ${shown}`);
    await page.click("#operations-steps-completeStep button.opblock-summary-control");
    await page.waitForFunction(() => document.querySelector("#operations-steps-completeStep .opblock-body")?.innerText.includes("loosespoke"));
    visitor.check(true, "an example is shown");
    const refused = await page.evaluate(() => window.refused);
    visitor.check(refused.length === 0, `the policy refused: ${refused.join(" | ")}`);
    visitor.check([...hosts].join() === new URL(api).host, `no other host is asked: ${[...hosts].join()}`);
  });
  await page.close();
}
