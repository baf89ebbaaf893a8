// Step 4: the platforms, and the personas that are made for them.

import { get } from "../api.js";
import { guarded, notice } from "../controls.js";
import { h, replace } from "../dom.js";
import { choices, form } from "../form.js";
import { act, step } from "../store.js";
import { history } from "../report/history.js";
import { personaReport } from "../report/persona.js";
import { tryText } from "../report/voice.js";
import { footer, workPanel } from "../work.js";

export function show({ go }) {
  const work = workPanel(4, "The generation of your personas"), foot = footer(4, { go });
  const place = h("div", {}), gate = h("div", {}), result = h("div", {}), trouble = h("div", { "aria-live": "polite" });
  guarded(place, async () => replace(place, await platformForm(trouble)));
  let shown = "", missing = null;
  async function showResult(one) {
    const key = one.status === "completed" || one.done ? `${one.completed_at} ${one.done}` : "";
    if (key === shown) return;
    shown = key;
    if (!key) { replace(result); return; }
    await report();
  }
  const report = () => guarded(result, async () => {
    const [latest, options] = await Promise.all([get("/step4/persona-latest"), get("/step4/persona-options")]);
    const outdated = latest.persona?.based_on?.warning;
    replace(result, outdated && notice("warn", "The personas are of another analysis.", outdated.message),
      latest.persona && personaReport(latest.persona, options.available_platforms),
      await history("/step4/persona-versions", report), latest.persona && tryText(options.available_platforms));
  });
  return {
    node: h("div", { class: "stack" }, gate, h("section", { class: "card", "aria-label": "Platforms" }, place, trouble), work.node, result, foot.node),
    update(one) {
      const lacks = !step(2).done;
      if (lacks !== missing) {
        missing = lacks;
        replace(gate, lacks && notice("warn", "Your website comes first.", "Personas are written from the analysis of step 2.",
          h("a", { class: "button", href: "#/step/2" }, "Go to step 2")));
      }
      work.update(one); foot.update(one); showResult(one);
    },
  };
}

async function platformForm(trouble) {
  const { available_platforms: offered } = await get("/step4/persona-options");
  const before = step(4).data?.selectedPlatforms;
  const platforms = choices({
    legend: "Where do you publish?", name: "platforms", type: "checkbox", chosen: before?.length ? before : ["linkedin", "blog"],
    options: offered.map((one) => ({ id: one.id, name: one.name, text: one.description })), onchange: () => check(),
  });
  const check = () => {
    const some = platforms.value().length > 0;
    replace(trouble, !some && notice("bad", null, "Choose at least one platform."));
    return some;
  };
  const node = form(() => [], platforms.node, h("div", { class: "row" }, h("button", { class: "button primary" }, "Generate personas")));
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check()) return platforms.inputs[0].focus();
    return guarded(trouble, () => act("/step/4/complete", { data: { selected_platforms: platforms.value() } }));
  });
  return node.node;
}
