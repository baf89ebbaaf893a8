// Try a text: how much it sounds like the site, which habits differ, which sentences drift.

import { post } from "../api.js";
import { badge, guarded, notice } from "../controls.js";
import { h, replace, uid } from "../dom.js";
import { field, form } from "../form.js";

const bands = { on_voice: ["Sounds like you", "good"], near: ["Near your voice", "warn"], off_voice: ["Not your voice", "bad"] };

/** tryText is a form that scores a text, with the result below it. */
export function tryText(offered) {
  const result = h("div", { "aria-live": "polite" }), id = uid("platform");
  const text = field({ label: "A text of yours", name: "text", long: true, max: 50000, hint: "30 words at least. Nothing is stored.", check: (value) => value ? "" : "Enter a text." });
  const platform = h("select", { id, class: "input", name: "platform" }, h("option", { value: "" }, "None"),
    offered.map((one) => h("option", { value: one.id }, one.name)));
  const node = form(() => [text], text.node,
    h("div", { class: "field" }, h("label", { for: id }, "Limits of a platform"), platform),
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Score the text")));
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!node.valid()) return;
    guarded(result, async () => {
      const sent = { text: text.value(), ...(platform.value ? { platform: platform.value } : {}) };
      replace(result, scored((await post("/voice/score", sent)).voice));
    }, node);
  });
  return h("section", { class: "card panel", "aria-label": "Try a text" },
    h("header", {}, h("h3", {}, "Try a text"), h("p", {}, "How much it sounds like the site, and which sentences drift.")), node.node, result);
}

function scored(voice) {
  const [label, kind] = bands[voice.band] ?? [];
  return h("div", { class: "stack" },
    voice.reason ? notice("warn", null, voice.reason)
      : h("div", { class: "row" }, h("strong", { class: "score" }, `${voice.score} of 100`), badge(label, kind), h("span", { class: "small muted" }, `${voice.words} words; 50 is as likely yours as not`)),
    voice.limits.map((limit) => notice("bad", null, limit)),
    voice.measures.length > 0 && habits(voice.measures),
    voice.sentences.length > 0 && h("div", { class: "stack-s" }, h("h4", {}, "Sentences that drift"),
      h("ul", { class: "bullets" }, voice.sentences.map((one) => h("li", {}, `“${one.text}” `, h("span", { class: "evidence" }, one.reasons.join(" ")))))));
}

const number = (value) => value === null ? "–" : value.toLocaleString("en", { maximumFractionDigits: 1 });

function habits(measures) {
  return h("table", {}, h("caption", { class: "visually-hidden" }, "The habits of the text beside those of the site"),
    h("thead", {}, h("tr", {}, ["Habit", "Text", "Site", "Its range"].map((name, i) => h("th", { scope: "col", class: i ? "n" : "" }, name)))),
    h("tbody", {}, measures.map((one) => h("tr", {}, h("td", {}, one.name.replaceAll("_", " "), one.within === false && [" ", badge("outside", "warn")]),
      h("td", { class: "n" }, number(one.value)), h("td", { class: "n" }, number(one.site)),
      h("td", { class: "n" }, one.low === null ? "not known" : `${number(one.low)}–${number(one.high)}`)))));
}
