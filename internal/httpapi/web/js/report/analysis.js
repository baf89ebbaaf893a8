// The website analysis, as people look at it: the verdict, and the details behind tabs.

import { badge, notice } from "../controls.js";
import { h } from "../dom.js";
import { tabs } from "../tabs.js";
import { confidence, histogram, scale } from "./charts.js";
import { exportRow } from "./exports.js";
import { capital, facts, panel } from "./facts.js";
import { chips, gauge, mainOf, traits, verdict } from "./verdict.js";

const number = (value) => Math.round(value).toLocaleString("en");

/** analysisReport shows an answer; save(path, value) stores an edit of the analysis, history is the node of its versions. */
export function analysisReport(answer, save, history) {
  const { style_analysis: style, style_patterns, style_guidelines, measurements: measured, crawl_result: crawl } = answer;
  if (!style) return h("p", { class: "muted" }, "There is no analysis yet.");
  const reasons = style.meta?.uncertainty?.reasons ?? {};
  return h("section", { class: "report", "aria-label": "What the analysis found" },
    answer.warnings?.map((warning) => notice("warn", null, warning.message ?? warning)),
    summary(answer, style, measured, crawl),
    exportRow("website-analysis", answer, { analysis: style, patterns: style_patterns, guidelines: style_guidelines }, "the analysis"),
    tabs("Details of the analysis", [
      { id: "voice", title: "Voice", node: voice(style, reasons, save) },
      { id: "readers", title: "Readers", node: audience(style, reasons, save) },
      measured && { id: "reading", title: "Readability", node: reading(measured, style) },
      measured?.keywords?.length > 0 && { id: "words", title: "Words", node: keywords(measured) },
      { id: "advice", title: "Advice", node: advice(style, style_guidelines) },
      crawl?.pages?.length > 0 && { id: "pages", title: "Pages", node: pages(crawl.pages) },
      { id: "history", title: "History", node: history, paper: false },
    ]));
}

function summary(answer, style, measured, crawl) {
  const { writing_style: w = {}, target_audience: a = {}, content_characteristics: c = {}, content_strategy_insights: insights = {}, content_type: t = {} } = style;
  const readers = a.demographics?.length ? `For ${a.demographics.slice(0, 4).join(", ")}` : "";
  const flesch = measured?.readability?.flesch_reading_ease, grade = measured?.readability?.flesch_kincaid_grade;
  const easy = mainOf(c.readability_score), known = typeof flesch === "number";
  return verdict({
    id: "report-title", title: crawl?.content?.brand_info?.company_name || crawl?.content?.title || answer.website_url || "Your text",
    lines: [
      [capital(mainOf(a.industry_focus)), mainOf(a.geographic_focus)].filter(Boolean).join(" · "),
      [readers, mainOf(a.expertise_level) && `expertise: ${mainOf(a.expertise_level)}`, mainOf(t.primary_type) && `mostly ${mainOf(t.primary_type)}`].filter(Boolean).join(" · "),
    ],
    aside: h("div", { class: "verdict-aside" }, style.meta?.confidence !== undefined && confidence(style.meta.confidence),
      h("p", { class: "small muted" }, [measured && `${number(measured.pages)} ${measured.pages === 1 ? "page" : "pages"}, ${number(measured.words)} words`, measured?.language?.name, style.meta?.engine === "local" ? "no model" : style.meta?.engine].filter(Boolean).join(" · "))),
    facets: [
      { title: "Voice", node: chips(traits([w.tone, w.brand_personality, w.emotional_appeal, w.formality_level, w.complexity])) },
      { title: "Readability", node: (known || easy) && (known
        ? gauge(flesch, easy || "Measured", `Reading ease ${flesch.toFixed(0)} of 100${typeof grade === "number" ? `, school grade ${grade.toFixed(1)}` : ""}`)
        : h("p", {}, capital(easy))) },
    ],
    lists: [
      { title: "Strengths", mark: "check", items: insights.strengths },
      { title: "What to do", mark: "arrow", items: todo(insights, answer.style_guidelines?.guidelines) },
    ],
  });
}

// todo puts what is wrong before what can be added.
function todo(insights, guidelines = {}) {
  const all = [...(insights.recommended_improvements ?? []), ...(insights.content_gaps ?? []).map((one) => `Add ${one}.`),
    ...(guidelines?.conversion_optimization ?? []), ...(insights.opportunities ?? []), ...(guidelines?.seo_optimization ?? [])];
  return [...new Set(all)];
}

function voice({ writing_style: w = {}, brand_analysis: b = {} }, reasons, save) {
  return panel("", "Voice", null, facts([
    ["Tone", w.tone, "writing_style.tone"], ["Voice", w.voice, "writing_style.voice"], ["Formality", w.formality_level, "writing_style.formality_level"],
    ["Complexity", w.complexity, "writing_style.complexity"], ["Personality", w.brand_personality, "writing_style.brand_personality"],
    ["Feeling", w.emotional_appeal, "writing_style.emotional_appeal"],
    ["Values", b.brand_values, "brand_analysis.brand_values"], ["Position", b.brand_positioning, "brand_analysis.brand_positioning"],
  ], reasons, save));
}

function audience({ target_audience: a = {}, content_type: c = {} }, reasons, save) {
  return panel("", "Readers and purpose", null, facts([
    ["Written for", a.demographics, "target_audience.demographics"], ["Expertise", a.expertise_level, "target_audience.expertise_level"],
    ["Industry", a.industry_focus, "target_audience.industry_focus"], ["Place", a.geographic_focus, "target_audience.geographic_focus"],
    ["Pain points", a.pain_points, "target_audience.pain_points"], ["Mostly", c.primary_type, "content_type.primary_type"],
    ["Purpose", c.purpose, "content_type.purpose"], ["Calls to action", c.call_to_action, "content_type.call_to_action"],
  ], reasons, save));
}

const ease = [
  { from: 0, to: 30, name: "Very hard", kind: 1 }, { from: 30, to: 50, name: "Hard", kind: 1 }, { from: 50, to: 60, name: "", kind: 2 },
  { from: 60, to: 70, name: "Plain", kind: 2 }, { from: 70, to: 90, name: "Easy", kind: 3 }, { from: 90, to: 100, name: "", kind: 3 },
];

function reading(measured, style) {
  const { flesch_reading_ease: flesch, flesch_kincaid_grade: grade, gunning_fog: fog, lix } = measured.readability ?? {};
  const { mean, median, histogram: bins } = measured.sentence_words ?? {};
  const known = typeof flesch === "number";
  return h("div", { class: "report-grid" },
    panel("half", "How easy it is to read", known ? "Flesch reading ease: higher is easier." : null,
      known && scale({ value: flesch, min: 0, max: 100, ranges: ease, label: `Flesch reading ease ${flesch.toFixed(0)} of 100.` }),
      h("dl", { class: "figures" }, [["school grade", grade], ["Gunning fog", fog], ["LIX", lix]].filter(([, value]) => typeof value === "number")
        .map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value.toFixed(1))))),
      facts([["In words", style.content_characteristics?.readability_score]])),
    panel("half", "How long sentences are", `Half of the sentences have at most ${median} words.`,
      histogram({ bins, mean: mean ?? 0, unit: "Words in a sentence", label: `Sentences by number of words: mean ${mean?.toFixed(1)}, median ${median}.` })));
}

function keywords(measured) {
  const words = measured.keywords.slice(0, 24), most = Math.max(...words.map((one) => one.count), 1);
  return panel("", "Keywords", "The number is how often a word occurs.",
    h("ul", { class: "words" }, words.map((one) => h("li", { class: "word", vars: { "--weight": one.count / most } }, one.text, h("small", {}, one.count)))));
}

function pages(found) {
  const most = Math.max(...found.map((one) => one.words), 1);
  return panel("", "Pages that were read", "The bar is the share of words of the longest page.",
    h("ul", { class: "sitemap" }, found.map((one) => h("li", {},
      h("span", { class: "title" }, one.title || pathOf(one.url)), badge(one.type),
      h("span", { class: "path" }, pathOf(one.url)), h("span", { class: "small muted nums" }, `${number(one.words)} words`),
      h("span", { class: "size", "aria-hidden": "true" }, h("i", { vars: { "--share": (one.words / most) * 100 } }))))));
}

function pathOf(address) {
  try { return new URL(address).pathname; } catch { return address; }
}

const adviceNames = { tone_recommendations: "Tone", structure_guidelines: "Structure", vocabulary_suggestions: "Words", engagement_tips: "Engagement", seo_optimization: "Search", conversion_optimization: "Calls to action" };

function advice(style, guidelines) {
  const insights = style.content_strategy_insights ?? {};
  const rows = Object.entries(adviceNames).map(([key, label]) => [label, guidelines?.guidelines?.[key]]);
  return panel("", "Advice", null, facts([
    ["Strengths", insights.strengths], ["Weaknesses", insights.weaknesses], ["Opportunities", insights.opportunities], ...rows, ["Avoid", guidelines?.avoid_elements],
  ]));
}
