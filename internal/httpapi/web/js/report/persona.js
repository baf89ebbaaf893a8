// The personas: one core, one for each platform, and how good they are.

import { badge, copy, download, button, notice } from "../controls.js";
import { h } from "../dom.js";
import { confidence, radar } from "./charts.js";
import { facts, panel } from "./facts.js";

export function personaReport(persona, offered) {
  const name = (id) => offered.find((one) => one.id === id)?.name ?? id;
  return h("section", { class: "report", "aria-labelledby": "persona-title" },
    h("h2", { id: "persona-title", tabindex: "-1" }, "Your personas"),
    persona.warnings.map((warning) => notice("warn", null, warning)),
    h("div", { class: "report-grid" }, core(persona), quality(persona.quality_metrics), guide(persona.core_persona?.style_guide),
      Object.entries(persona.platform_personas).map(([id, one]) => platform(name(id), one, persona.quality_metrics?.detailed_metrics?.platforms?.[id]))),
    h("div", { class: "row" },
      button("Copy the personas", () => copy(JSON.stringify(persona, null, 2), "The personas are on the clipboard."), "quiet"),
      button("Download them", () => download(JSON.stringify(persona, null, 2), "personas.json"), "quiet")));
}

function core({ core_persona: core, engine }) {
  const { identity = {}, linguistic_fingerprint: print = {}, tonal_range: tone = {}, meta = {} } = core ?? {};
  const words = print.lexical_features ?? {};
  return panel("wide", identity.persona_name ?? "Core persona", identity.archetype,
    identity.core_belief && h("blockquote", {}, quoted(identity.core_belief)),
    identity.brand_voice_description && h("p", {}, identity.brand_voice_description),
    meta.confidence !== undefined && confidence(meta.confidence),
    facts([["Default tone", tone.default_tone], ["Sentences", print.sentence_metrics?.preferred_sentence_type], ["Words it likes", words.go_to_words?.join(", ")], ["Words it avoids", words.avoid_words?.slice(0, 10).join(", ")], ["Tones it never takes", tone.forbidden_tones]]),
    h("div", { class: "row" }, badge(engine === "local" ? "Made without a language model" : `Made with ${engine}`)));
}

const houseNames = { spelling: "Spelling", serial_comma: "Serial comma", heading_case: "Headings", numbers: "Numbers", dates: "Dates", quotation_marks: "Quotation marks", capitals: "Capitals", reader: "The reader", firm: "The firm", terms: "House terms", variants: "Mixed spellings" };

// guide is what a writer is given: typical passages, what the voice is and is not, the house style.
function guide(one) {
  if (!one) return null;
  const house = Object.entries(houseNames).map(([key, label]) => [label, one.house_style?.[key]]);
  return panel("wide", "Style guide", "Measured on the site; what holds on every platform.",
    one.passages?.length > 0 && h("details", { class: "more", open: true }, h("summary", {}, "Typical passages"),
      one.passages.map((p) => h("blockquote", { class: "passage" }, p.text, " ", p.url && h("cite", { class: "evidence" }, p.url)))),
    facts([["The voice", one.traits], ["On every platform", one.on_every_platform], ...house]));
}

// sample is the post of a platform, made of the site's own sentences.
function sample(one, changes) {
  if (!one) return null;
  return h("div", { class: "sample" }, h("h4", {}, "Sample post ", h("span", { class: "evidence" }, `${one.characters} characters${one.voice_score === null ? "" : `, voice ${one.voice_score}`}`)),
    h("div", { class: "sample-text" }, one.text.split("\n\n").map((part) => h("p", {}, part))),
    facts([["What changes", changes]]));
}

const quoted = (text) => /“([^”]+)”/.exec(text)?.[0] ?? text;

function quality(metrics) {
  if (!metrics) return panel("narrow", "Quality", "Not assessed.");
  const scores = [
    { name: "Core complete", short: "Core", value: metrics.core_completeness },
    { name: "Consistency across platforms", short: "Consistency", value: metrics.platform_consistency },
    { name: "Fit of the platforms", short: "Platform fit", value: metrics.platform_optimization },
    { name: "Language", short: "Language", value: metrics.linguistic_quality },
  ];
  return panel("narrow", "Quality", `Overall ${metrics.overall_score} of 100`,
    radar({ scores, label: `Quality: ${scores.map((one) => `${one.name} ${one.value ?? "not known"}`).join(", ")}.` }),
    likeness(metrics.linguistic_insights?.features),
    (metrics.recommendations?.length > 0 || metrics.raised_by) && h("details", { class: "more" }, h("summary", {}, "How to raise it"),
      h("ul", { class: "bullets" }, [...(metrics.recommendations ?? []), ...Object.values(metrics.raised_by ?? {})].map((one) => h("li", {}, one)))));
}

const measures = { voice: "Voice", sentences: "Sentences", difficulty: "Difficulty", person: "Person", punctuation: "Punctuation", function_words: "Small words", terms: "Own words" };

// likeness says how near the persona comes to what was measured of the site.
function likeness(features) {
  const rows = Object.entries(measures).filter(([key]) => typeof features?.[key] === "number");
  return rows.length > 0 && h("table", {}, h("caption", { class: "visually-hidden" }, "How close the persona is to the site"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Like the site in"), h("th", { scope: "col", class: "n" }, "of 100"))),
    h("tbody", {}, rows.map(([key, label]) => h("tr", {}, h("td", {}, label), h("td", { class: "n" }, Math.round(features[key]))))));
}

function platform(name, one, score) {
  const { sentence_metrics: lengths = {}, content_format_rules: rules = {}, lexical_adaptations: words = {}, engagement_patterns: engage = {}, meta = {} } = one;
  const reasons = meta.uncertainty?.reasons ?? {};
  const missed = score?.missed?.length ? `misses ${score.missed.join(", ")}` : "";
  return h("section", { class: "card panel half persona" },
    h("header", {}, h("div", { class: "persona-name" }, h("span", { class: "persona-mark", "aria-hidden": "true" }, name.slice(0, 2)), h("h3", {}, name)),
      h("div", { class: "row" }, score && badge(`Fit ${score.optimization}`, score.optimization >= 75 ? "good" : "warn"), score && badge(`Consistent ${score.consistency}`, score.consistency >= 75 ? "good" : "warn"), missed && h("span", { class: "small muted" }, missed))),
    facts([
      ["Sentence length", lengths.optimal_sentence_length && `about ${lengths.optimal_sentence_length} words, at most ${lengths.max_sentence_length}`],
      ["Character limit", rules.character_limit?.toLocaleString("en"), "content_format_rules.character_limit"],
      ["Paragraphs", rules.paragraph_structure], ["Call to action", rules.call_to_action_style, "content_format_rules.call_to_action_style"],
      ["Hashtags", words.hashtag_strategy, "lexical_adaptations.hashtag_strategy"],
    ], reasons),
    sample(one.sample_post, one.changes),
    h("details", { class: "more" }, h("summary", {}, "More about ", name),
      facts([["To engage", engage.engagement_tactics], ["How often", engage.posting_frequency, "engagement_patterns.posting_frequency"], ["Good practice", one.platform_best_practices], ["Links", rules.link_placement]], reasons)));
}
