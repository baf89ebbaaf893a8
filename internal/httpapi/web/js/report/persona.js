// The personas: the verdict, the platforms with their sample posts, and the details behind tabs.

import { badge, notice } from "../controls.js";
import { h } from "../dom.js";
import { tabs } from "../tabs.js";
import { radar } from "./charts.js";
import { exportRow } from "./exports.js";
import { facts, panel, split } from "./facts.js";
import { platforms } from "./platforms.js";
import { chips, gauge, verdict } from "./verdict.js";

/** personaReport shows stored personas; save(path, value) stores an edit, more are further tabs. */
export function personaReport(persona, offered, save, more) {
  return h("section", { class: "report", "aria-label": "Your personas" },
    persona.warnings.map((warning) => notice("warn", null, warning)),
    summary(persona),
    exportRow("personas", persona, { core: lean(persona.core_persona), ...persona.platform_personas }, "the personas"),
    platforms(persona, offered, save),
    tabs("Details of the personas", [
      { id: "core", title: "Core persona", node: core(persona.core_persona, save) },
      { id: "guide", title: "Style guide", node: guide(persona.core_persona?.style_guide, save) },
      { id: "quality", title: "Quality", node: quality(persona.quality_metrics) },
      ...more,
    ]));
}

// lean leaves out the profile that only programs read.
function lean(core) {
  const { linguistic_fingerprint: { measured, ...print } = {}, ...rest } = core ?? {};
  return { ...rest, linguistic_fingerprint: print };
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function summary({ core_persona: one, platform_personas: made, quality_metrics: metrics, engine, edited }) {
  const { identity = {}, tonal_range: tone = {}, style_guide: style = {}, linguistic_fingerprint: print = {} } = one ?? {};
  const said = (style?.traits ?? []).map((trait) => split(trait).main);
  const words = print.lexical_features?.go_to_words ?? [];
  return verdict({
    id: "persona-title", title: identity.persona_name ?? "Your core persona",
    lines: [[identity.archetype && split(identity.archetype).main, tone.default_tone].filter(Boolean).join(" · "), identity.core_belief && h("q", {}, quoted(identity.core_belief).replace(/^“|”$/g, ""))],
    aside: h("div", { class: "verdict-aside" },
      h("div", { class: "row" }, badge(plural(Object.keys(made).length, "platform")), badge(engine === "local" ? "Without a language model" : `With ${engine}`), edited && badge("Edited by you", "accent"))),
    facets: [
      { title: "Voice", node: said.length ? h("ul", { class: "bullets" }, said.slice(0, 3).map((line) => h("li", {}, line))) : chips(tone.permissible_tones?.slice(0, 3) ?? []) },
      { title: "Quality", node: metrics && gauge(metrics.overall_score, `${metrics.overall_score} of 100`, `Voice ${metrics.linguistic_quality ?? "–"}, platforms ${metrics.platform_optimization ?? "–"}`) },
    ],
    lists: [
      { title: "How it writes", mark: "check", items: [
        print.sentence_metrics?.preferred_sentence_type && `Sentences: ${split(print.sentence_metrics.preferred_sentence_type).main}`,
        words.length && `Words: ${words.slice(0, 8).join(", ")}`,
        print.lexical_features?.go_to_phrases?.length && `Phrases: ${print.lexical_features.go_to_phrases.slice(0, 4).join(", ")}`,
      ].filter(Boolean) },
      { title: "What would raise the quality", mark: "arrow", items: [...new Set(Object.values(metrics?.raised_by ?? {}))].map(readable) },
    ],
  });
}

// readable names fields as people do.
const readable = (text) => text.replace(/[a-z_]+(?:\.[a-z_]+)+/g, (path) => path.split(".").at(-1).replaceAll("_", " "));

const quoted = (text) => /“([^”]+)”/.exec(text)?.[0] ?? text;

function core(one, save) {
  const { identity = {}, linguistic_fingerprint: print = {}, tonal_range: tone = {} } = one ?? {};
  const words = print.lexical_features ?? {};
  return panel("", "Core persona", "What every platform has in common.", facts([
    ["Name", identity.persona_name, "core_persona.identity.persona_name"], ["Archetype", identity.archetype, "core_persona.identity.archetype"],
    ["Core belief", identity.core_belief, "core_persona.identity.core_belief"], ["Brand voice", identity.brand_voice_description, "core_persona.identity.brand_voice_description"],
    ["Default tone", tone.default_tone, "core_persona.tonal_range.default_tone"], ["Tones it may take", tone.permissible_tones, "core_persona.tonal_range.permissible_tones"],
    ["Tones it never takes", tone.forbidden_tones, "core_persona.tonal_range.forbidden_tones"],
    ["Sentences", print.sentence_metrics?.preferred_sentence_type, "core_persona.linguistic_fingerprint.sentence_metrics.preferred_sentence_type"],
    ["Words it likes", words.go_to_words, "core_persona.linguistic_fingerprint.lexical_features.go_to_words"],
    ["Words it avoids", words.avoid_words, "core_persona.linguistic_fingerprint.lexical_features.avoid_words"],
  ], {}, save));
}

const houseNames = { spelling: "Spelling", serial_comma: "Serial comma", heading_case: "Headings", numbers: "Numbers", dates: "Dates", quotation_marks: "Quotation marks", capitals: "Capitals", reader: "The reader", firm: "The firm", terms: "House terms", variants: "Mixed spellings" };

// guide is what a writer is given: typical passages, what the voice is and is not, the house style.
function guide(one, save) {
  if (!one) return null;
  const at = (name) => `core_persona.style_guide.${name}`;
  const house = Object.entries(houseNames).map(([key, label]) => [label, one.house_style?.[key], at(`house_style.${key}`)]);
  return panel("", "Style guide", "Measured on the site; what holds on every platform.",
    facts([["The voice", one.traits, at("traits")], ["On every platform", one.on_every_platform, at("on_every_platform")], ...house], {}, save),
    one.passages?.length > 0 && h("details", { class: "more" }, h("summary", {}, "Typical passages"),
      one.passages.map((p) => h("blockquote", { class: "passage" }, p.text, " ", p.url && h("cite", { class: "evidence" }, p.url)))));
}

function quality(metrics) {
  if (!metrics) return panel("", "Quality", "Not assessed.");
  const scores = [
    { name: "Core complete", short: "Core", value: metrics.core_completeness },
    { name: "Consistency across platforms", short: "Consistency", value: metrics.platform_consistency },
    { name: "Fit of the platforms", short: "Platform fit", value: metrics.platform_optimization },
    { name: "Language", short: "Language", value: metrics.linguistic_quality },
  ];
  return h("div", { class: "report-grid" },
    panel("half", "Quality", `Overall ${metrics.overall_score} of 100`,
      radar({ scores, label: `Quality: ${scores.map((score) => `${score.name} ${score.value ?? "not known"}`).join(", ")}.` })),
    panel("half", "How close to the site", null, likeness(metrics.linguistic_insights?.features),
      facts([["How to raise it", [...new Set([...(metrics.recommendations ?? []), ...Object.values(metrics.raised_by ?? {})])].map(readable)]])));
}

const measures = { voice: "Voice", sentences: "Sentences", difficulty: "Difficulty", person: "Person", punctuation: "Punctuation", function_words: "Small words", terms: "Own words" };

// likeness says how near the persona comes to what was measured of the site.
function likeness(features) {
  const rows = Object.entries(measures).filter(([key]) => typeof features?.[key] === "number");
  return rows.length > 0 && h("table", {}, h("caption", { class: "visually-hidden" }, "How close the persona is to the site"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Like the site in"), h("th", { scope: "col", class: "n" }, "of 100"))),
    h("tbody", {}, rows.map(([key, label]) => h("tr", {}, h("td", {}, label), h("td", { class: "n" }, Math.round(features[key]))))));
}
