// Step 3: how deeply and for what to research.

import { guarded, notice } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { choices, form } from "../form.js";
import { act, state, step } from "../store.js";
import { footer } from "../work.js";

const depths = {
  Basic: "The main facts, quickly.", Standard: "A good overview for everyday texts.", Deep: "Several sources, compared.",
  Comprehensive: "All sides of a topic.", Expert: "For readers who know the field.",
};

export function show({ go }) {
  const data = step(3).data ?? {}, trouble = h("div", { "aria-live": "polite" }), foot = footer(3, { go, skippable: true });
  const depth = choices({ legend: "How deep?", name: "research_depth", type: "radio", chosen: [data.research_depth ?? "Standard"], options: state.config.research_depths.map((name) => ({ id: name, name, text: depths[name] })) });
  const offered = [...new Set([...state.config.content_types, ...(data.content_types ?? [])])];
  const types = choices({ legend: "For which kinds of content?", name: "content_types", type: "checkbox", chosen: data.content_types ?? ["Blog Posts"], options: offered.map((name) => ({ id: name, name })), onchange: () => check() });
  const auto = h("input", { type: "checkbox", checked: data.auto_research ?? true });
  const factual = h("input", { type: "checkbox", checked: data.factual_content ?? true });
  const check = () => {
    const some = types.value().length > 0;
    replace(trouble, !some && notice("bad", null, "Choose at least one kind of content."));
    return some;
  };
  const node = form(() => [], depth.node, types.node,
    h("label", { class: "check" }, auto, h("span", {}, "Research without being asked")),
    h("label", { class: "check" }, factual, h("span", {}, "Back what is written with facts")),
    trouble, h("div", { class: "row" }, h("button", { class: "button primary" }, "Save preferences")));
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check()) return types.inputs[0].focus();
    return guarded(trouble, async () => {
      const answer = await act("/step/3/complete", { data: { research_depth: depth.value()[0], content_types: types.value(), auto_research: auto.checked, factual_content: factual.checked } });
      replace(trouble, notice("good", null, answer.message));
      announce(answer.message);
    });
  });
  return { node: h("div", { class: "stack" }, h("section", { class: "card", "aria-label": "Preferences" }, node.node), foot.node), update: foot.update };
}
