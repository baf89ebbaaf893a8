// Two tabs of one browser, and an address that does not exist.

/** twoTabs signs in in one tab and out in the other. */
export async function twoTabs(visitor, api) {
  const { page } = visitor;
  await visitor.step("two tabs, and an unknown address", async () => {
    await page.goto(`${api}/`);
    await visitor.type("Continue as", `tabs-${Date.now()}`);
    await visitor.press("Sign in");
    await visitor.sees("Step 1 of 6", "main");
    const stored = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
    visitor.check(!/eyJ/.test(stored), "no script can read the token");
    const second = await page.browser().newPage();
    await second.goto(`${api}/`);
    await second.waitForFunction(() => document.querySelector("main h1")?.innerText === "AI LLM Providers");
    await second.waitForSelector("::-p-aria([name='Sign out'][role='button'])");
    await page.bringToFront();
    await visitor.press("Sign out");
    await visitor.sees("Teach it how you write", "main");
    await second.waitForFunction(() => document.querySelector("main")?.innerText.includes("You signed out in another tab"));
    visitor.check(true, "signing out reaches the other tab");
    await second.close();
    const answer = await page.goto(`${api}/no-such-page`);
    visitor.check(answer.status() === 404, "an unknown address is 404");
    await visitor.sees("There is nothing at this address", "main");
    await visitor.look("11-unknown");
  });
}
