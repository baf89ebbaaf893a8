// Step 5: where the user publishes. It is kept as submitted; accounts are connected later.

import { guarded, notice } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { choices, form } from "../form.js";
import { act, step } from "../store.js";
import { footer } from "../work.js";

const sites = [["wordpress", "WordPress"], ["wix", "Wix"], ["webflow", "Webflow"], ["shopify", "Shopify"], ["other", "Something else"]];
const networks = [["linkedin", "LinkedIn"], ["facebook", "Facebook"], ["twitter", "X (Twitter)"], ["instagram", "Instagram"], ["youtube", "YouTube"]];
const named = (pairs) => pairs.map(([id, name]) => ({ id, name }));

export function show({ go }) {
  const data = step(5).data?.integrations ?? {}, trouble = h("div", { "aria-live": "polite" }), foot = footer(5, { go, skippable: true });
  const site = choices({ legend: "What does your website run on?", name: "site", type: "radio", options: named(sites), chosen: [data.primaryWebsite ?? "wordpress"] });
  const social = choices({ legend: "Which networks will you connect?", name: "networks", type: "checkbox", options: named(networks), chosen: data.networks ?? [] });
  const node = form(() => [], site.node, social.node, trouble,
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Save"), h("span", { class: "small muted" }, "Accounts are connected later, in the application.")));
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(trouble, async () => {
      const answer = await act("/step/5/complete", { data: { integrations: { primaryWebsite: site.value()[0], networks: social.value() } } });
      replace(trouble, notice("good", null, answer.message));
      announce(answer.message);
    });
  });
  return { node: h("div", { class: "stack" }, h("section", { class: "card", "aria-label": "Integrations" }, node.node), foot.node), update: foot.update };
}
