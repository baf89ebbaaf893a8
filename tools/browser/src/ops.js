// An operator's way through the pages of operators.

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

/** operate signs in, looks at the page and at River UI, and changes something on each. */
export async function operate(visitor, { api, site, tokenOf }) {
  const { page } = visitor;
  const admin = await tokenOf("ops", "admin"), user = await tokenOf("someone", "");
  await fails(api, user, `${site}/no-such-page`);

  await visitor.step("operations: sign in", async () => {
    await page.evaluate(() => localStorage.clear()); // the theme of the other page
    await page.goto(`${api}/ops`);
    await visitor.sees("JSON Web Token of an operator");
    visitor.check(page.url().endsWith("/ops/sign-in"), "a visitor who is not signed in is redirected to the sign-in");
    await visitor.type("Token", "nonsense");
    await visitor.press("Sign in");
    await visitor.sees("three parts", "main");
    await visitor.type("Token", user);
    await visitor.press("Sign in");
    await visitor.sees("for operators only", "main [role=alert]");
    await visitor.look("ops-1-sign-in");
    await visitor.type("Token", admin);
    await visitor.press("Sign in");
    await visitor.sees("95th percentile", "#funnel");
    visitor.check(await page.evaluate(() => document.cookie) === "", "no script can read the cookie");
  });

  await visitor.step("operations: the page", async () => {
    await visitor.sees("Started", "#funnel");
    await visitor.sees("interactive", "#queues");
    await visitor.sees("ops.sign_in", "#audit");
    await visitor.sees("Refused", "#audit");
    await visitor.sees("Dead jobs", "#dead h2");
    visitor.check((await page.$$("#funnel .funnel li")).length === 6, "the funnel has six steps");
    await visitor.look("ops-2-page");
  });

  await visitor.step("operations: a queue is paused and resumed by keyboard", async () => {
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
    await visitor.press("Refresh");
    await visitor.sees("admin.pauseQueue", "#audit");
    await page.evaluate(() => scrollTo(0, 0));
    await visitor.look("ops-3-paused");
    await visitor.press("Resume bulk");
    await page.waitForSelector("[aria-label='Pause bulk']");
  });

  await visitor.step("operations: a bulk operation", async () => {
    await visitor.click("#bulk summary");
    await visitor.click("#bulk input[value=rebuild_inputs]");
    await visitor.press("Start");
    await visitor.sees("rebuild inputs", "#bulk table");
    await page.evaluate(() => scrollTo(0, 0));
    await visitor.look("ops-4-bulk");
  });

  await visitor.step("River UI", async () => {
    await visitor.click("#tools a[href='/ops/river/']");
    await visitor.sees("Completed");
    await page.setViewport({ width: 1280, height: 860 });
    await page.goto(`${api}/ops/river/jobs?state=completed`);
    await visitor.sees("website_analysis");
    await visitor.picture("ops-5-river");
    await page.goto(`${api}/ops/river/queues`);
    await visitor.sees("interactive");
    await visitor.picture("ops-6-river-queues");
  });

  await visitor.step("operations: sign out", async () => {
    await page.goto(`${api}/ops`);
    await visitor.press("Sign out");
    await visitor.sees("JSON Web Token of an operator");
    await page.goto(`${api}/ops/river/`);
    await visitor.sees("JSON Web Token of an operator");
  });
}
