// Step 4: the platforms, and the personas that are made for them.

import { get, post } from "../api.js";
import { guarded, notice, redrawn } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { fold } from "../fold.js";
import { choices, form } from "../form.js";
import { act, step } from "../store.js";
import { withValue } from "../report/edit.js";
import { history } from "../report/history.js";
import { personaReport } from "../report/persona.js";
import { tryText } from "../report/voice.js";
import { footer, workPanel } from "../work.js";

export function show({ go }) {
  const work = workPanel(4, "The generation of your personas", () => folded.open()), foot = footer(4, { go });
  const place = h("div", {}), gate = h("div", {}), result = h("div", {}), trouble = h("div", { "aria-live": "polite" });
  const folded = fold("Platforms", h("div", { class: "stack" }, place, trouble), "Choose other platforms");
  guarded(place, async () => replace(place, await platformForm(trouble)));
  let shown = "", missing = null;
  async function showResult(one) {
    if (one.status === "in_progress") return; // the held result stays
    const key = one.status === "completed" || one.done ? one.submission_id ?? "held" : "";
    if (key === shown) return;
    shown = key;
    if (!key) { replace(result); return; }
    await report();
  }
  const report = () => redrawn(result, async () => {
    const [latest, options] = await Promise.all([get("/step4/persona-latest"), get("/step4/persona-options")]);
    const outdated = latest.persona?.based_on?.warning;
    if (!latest.persona) return null;
    const { core_persona, platform_personas, selected_platforms } = latest.persona;
    const save = async (path, value) => {
      announce((await post("/step4/persona-save", withValue({ core_persona, platform_personas, selected_platforms }, path, value))).message);
      await report();
    };
    return [outdated && notice("warn", "The personas are of another analysis.", outdated.message),
      personaReport(latest.persona, options.available_platforms, save, [
        { id: "try", title: "Try a text", node: tryText(options.available_platforms), paper: false },
        { id: "history", title: "History", node: await history("/step4/persona-versions", report), paper: false },
      ])];
  });
  return {
    node: h("div", { class: "stack" }, gate, folded.node, work.node, result, foot.node),
    update(one) {
      const lacks = !step(2).done;
      if (lacks !== missing) {
        missing = lacks;
        replace(gate, lacks && notice("warn", "Your website comes first.", "Personas are written from the analysis of step 2.",
          h("a", { class: "button", href: "#/step/2" }, "Go to step 2")));
      }
      folded.update(one, (one.data?.selectedPlatforms ?? []).map((id) => names[id] ?? id).join(", ") || "Your platforms");
      work.update(one); foot.update(one); showResult(one);
    },
  };
}

const names = {}; // of the platforms, once they are known

async function platformForm(trouble) {
  const { available_platforms: offered } = await get("/step4/persona-options");
  for (const one of offered) names[one.id] = one.name;
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
