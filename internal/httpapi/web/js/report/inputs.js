// The personalization inputs: the document that other services read.

import { get } from "../api.js";
import { guarded, notice } from "../controls.js";
import { h, replace } from "../dom.js";
import { exportRow } from "./exports.js";
import { facts } from "./facts.js";

/** inputsPanel reads the document again when its sources have changed. It is built in
 * the background, so a moment later it is read once more. */
export function inputsPanel() {
  const body = h("div", { class: "stack" });
  let made = null, timer = 0;
  const load = () => guarded(body, async () => draw(body, await get("/personalization-inputs")));
  return {
    node: h("section", { class: "card panel", "aria-labelledby": "inputs-title" },
      h("header", {}, h("h2", { id: "inputs-title" }, "Personalization inputs"), h("p", {}, "One document with everything above, for the services that write.")), body),
    update(key) {
      if (key === made) return;
      made = key;
      clearTimeout(timer);
      load();
      timer = setTimeout(load, 1500);
    },
  };
}

function draw(body, document) {
  const text = JSON.stringify(document, null, 2), reasons = document.meta?.uncertainty?.reasons ?? {};
  const { website_analysis: site = {}, keyword_analysis: words = {}, gap_analysis: gaps = {}, research_preferences: wants = {}, persona } = document;
  const pre = body.querySelector("pre");
  if (pre?.textContent === text) return;
  replace(body,
    document.is_default
      ? notice("warn", "These are the defaults.", document.default_reason)
      : h("p", { class: "small muted" }, `Revision ${document.revision}, built ${new Date(document.built_at).toLocaleString()}.`),
    facts([
      ["Writing style", site.writing_style], ["Readers", site.target_audience?.join(", "), "website_analysis.target_audience"], ["Industry", site.industry_focus, "website_analysis.industry_focus"],
      ["Keywords", words.high_value_keywords?.join(", "), "keyword_analysis.high_value_keywords"], ["Gaps", gaps.content_gaps, "gap_analysis.content_gaps"],
      ["Competitors", document.competitor_analysis?.top_performers, "competitor_analysis.top_performers"],
      ["Research", wants?.research_depth && `${wants.research_depth}: ${wants.content_types.join(", ")}`], ["Persona", persona?.persona_name],
    ], reasons),
    h("details", { class: "more" }, h("summary", {}, "The whole document"), h("pre", { class: "document", tabindex: "0", "aria-label": "The document as JSON" }, text)),
    exportRow("personalization-inputs", document, { inputs: document }, "the inputs"));
}
