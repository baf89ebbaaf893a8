// Step 5: where the user publishes. It is kept as submitted; accounts are connected later.

import { get } from "../api.js";
import { guarded, notice } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { choices, form } from "../form.js";
import { act, step } from "../store.js";
import { footer } from "../work.js";

const sites = [["wordpress", "WordPress"], ["wix", "Wix"], ["webflow", "Webflow"], ["shopify", "Shopify"], ["other", "Something else"]];

export function show({ go }) {
  const place = h("div", {}), foot = footer(5, { go, skippable: true });
  guarded(place, async () => replace(place, await integrationsForm()));
  return { node: h("div", { class: "stack" }, h("section", { class: "card", "aria-label": "Integrations" }, place), foot.node), update: foot.update };
}

async function integrationsForm() {
  const { available_platforms: offered } = await get("/step4/persona-options");
  const data = step(5).data?.integrations ?? {}, trouble = h("div", { "aria-live": "polite" });
  const site = choices({
    legend: "What does your website run on?", name: "site", type: "radio", chosen: [data.primaryWebsite].filter(Boolean),
    options: sites.map(([id, name]) => ({ id, name })),
  });
  const social = choices({
    legend: "Which networks will you connect?", name: "networks", type: "checkbox", chosen: data.networks ?? [],
    options: offered.filter((one) => one.id !== "blog").map(({ id, name }) => ({ id, name })),
  });
  const node = form(() => [], site.node, social.node, trouble,
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Save"), h("span", { class: "small muted" }, "Accounts are connected later, in the application.")));
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    const [primaryWebsite] = site.value(), networks = social.value();
    if (!primaryWebsite && networks.length === 0) {
      replace(trouble, notice("bad", null, "Choose what you use, or skip this step."));
      site.inputs[0].focus();
      return;
    }
    guarded(trouble, async () => {
      const answer = await act("/step/5/complete", { data: { integrations: { primaryWebsite, networks } } });
      replace(trouble, notice("good", null, answer.message));
      announce(answer.message);
    });
  });
  return node.node;
}
