// The website analysis, as people look at it.

import { badge, button, copy, download, notice } from "../controls.js";
import { h } from "../dom.js";
import { confidence, histogram, scale } from "./charts.js";
import { facts, panel } from "./facts.js";

const number = (value) => Math.round(value).toLocaleString("en");

export function analysisReport(answer) {
  const { style_analysis: style, measurements: measured, crawl_result: crawl } = answer;
  if (!style) return h("p", { class: "muted" }, "There is no analysis yet.");
  const reasons = style.meta?.uncertainty?.reasons ?? {};
  return h("section", { class: "report", "aria-labelledby": "report-title" },
    h("h2", { id: "report-title", tabindex: "-1" }, "What the analysis found"),
    answer.warnings?.map((warning) => notice("warn", null, warning.message ?? warning)),
    h("div", { class: "report-grid" },
      overview(answer, style, measured, crawl),
      measured && sentences(measured), measured && readability(measured, style),
      voice(style, reasons), audience(style, reasons),
      h("div", { class: "half stack" }, measured && keywords(measured), list("", "What to improve", [...(style.content_strategy_insights?.weaknesses ?? []), ...(style.content_strategy_insights?.opportunities ?? [])]),
        list("", "Strengths", style.content_strategy_insights?.strengths)),
      crawl?.pages?.length > 0 && pages(crawl.pages),
      guidelines(answer.style_guidelines)),
    exportRow(answer));
}

function overview(answer, style, measured, crawl) {
  const title = crawl?.content?.brand_info?.company_name || crawl?.content?.title || answer.website_url;
  return panel("", title, answer.website_url,
    measured && h("dl", { class: "figures" }, [
      ["pages", measured.pages], ["words", measured.words], ["sentences", measured.sentences],
      ["words a sentence", measured.sentence_words?.mean?.toFixed(1)],
    ].map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, typeof value === "number" ? number(value) : value ?? "–")))),
    style.meta?.confidence !== undefined && confidence(style.meta.confidence),
    h("div", { class: "row" }, measured?.language?.name && badge(measured.language.name),
      badge(style.meta?.engine === "local" ? "Measured, without a language model" : `With ${style.meta?.engine}`)));
}

function sentences(measured) {
  const { mean, median, histogram: bins } = measured.sentence_words ?? {};
  const sentence = `Half of the sentences have at most ${median} words.`;
  return panel("half", "How long sentences are", sentence,
    histogram({ bins, mean: mean ?? 0, unit: "Words in a sentence", label: `Sentences by number of words: mean ${mean?.toFixed(1)}, median ${median}.` }));
}

const ease = [
  { from: 0, to: 30, name: "Very hard", kind: 1 }, { from: 30, to: 50, name: "Hard", kind: 1 }, { from: 50, to: 60, name: "", kind: 2 },
  { from: 60, to: 70, name: "Plain", kind: 2 }, { from: 70, to: 90, name: "Easy", kind: 3 }, { from: 90, to: 100, name: "", kind: 3 },
];

function readability(measured, style) {
  const { flesch_reading_ease: flesch, flesch_kincaid_grade: grade, gunning_fog: fog, lix } = measured.readability ?? {};
  const known = typeof flesch === "number";
  return panel("half", "How easy it is to read", known ? "Flesch reading ease: higher is easier." : null,
    known && scale({ value: flesch, min: 0, max: 100, ranges: ease, label: `Flesch reading ease ${flesch.toFixed(0)} of 100.` }),
    h("dl", { class: "figures" }, [["school grade", grade], ["Gunning fog", fog], ["LIX", lix]].filter(([, value]) => typeof value === "number")
      .map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value.toFixed(1))))),
    facts([["In words", style.content_characteristics?.readability_score]]));
}

function voice({ writing_style: w = {}, brand_analysis: b = {} }, reasons) {
  return panel("half", "Voice", null, facts([
    ["Tone", w.tone, "writing_style.tone"], ["Voice", w.voice, "writing_style.voice"], ["Formality", w.formality_level, "writing_style.formality_level"],
    ["Complexity", w.complexity, "writing_style.complexity"], ["Personality", w.brand_personality, "writing_style.brand_personality"],
    ["Values", b.brand_values, "brand_analysis.brand_values"],
  ], reasons));
}

function audience({ target_audience: a = {}, content_type: c = {} }, reasons) {
  return panel("half", "Readers and purpose", null, facts([
    ["Written for", a.demographics, "target_audience.demographics"], ["Expertise", a.expertise_level, "target_audience.expertise_level"],
    ["Industry", a.industry_focus, "target_audience.industry_focus"], ["Place", a.geographic_focus, "target_audience.geographic_focus"],
    ["Pain points", a.pain_points, "target_audience.pain_points"], ["Mostly", c.primary_type, "content_type.primary_type"], ["Calls to action", c.call_to_action, "content_type.call_to_action"],
  ], reasons));
}

function keywords(measured) {
  const words = (measured.keywords ?? []).slice(0, 24), most = Math.max(...words.map((one) => one.count), 1);
  if (words.length === 0) return null;
  return panel("", "Keywords", "The number is how often a word occurs.",
    h("ul", { class: "words" }, words.map((one) => h("li", { class: "word", vars: { "--weight": one.count / most } }, one.text, h("small", {}, one.count)))));
}

function pages(found) {
  const most = Math.max(...found.map((one) => one.words), 1);
  return panel("half", "Pages that were read", "The bar is the share of words of the longest page.",
    h("ul", { class: "sitemap" }, found.map((one) => h("li", {},
      h("span", { class: "title" }, one.title || pathOf(one.url)), badge(one.type),
      h("span", { class: "path" }, pathOf(one.url)), h("span", { class: "small muted nums" }, `${number(one.words)} words`),
      h("span", { class: "size", "aria-hidden": "true" }, h("i", { vars: { "--share": (one.words / most) * 100 } }))))));
}

function pathOf(address) {
  try { return new URL(address).pathname; } catch { return address; }
}

function list(size, title, items) {
  return items?.length > 0 && panel(size, title, null, h("ul", { class: "bullets" }, items.map((one) => h("li", {}, one))));
}

function guidelines(advice) {
  const names = { tone_recommendations: "Tone", structure_guidelines: "Structure", vocabulary_suggestions: "Words", engagement_tips: "Engagement", seo_optimization: "Search", conversion_optimization: "Calls to action" };
  const rows = Object.entries(names).map(([key, label]) => [label, advice?.guidelines?.[key]]).filter(([, value]) => value?.length);
  return rows.length > 0 && panel("", "How to write for it", null, facts(rows));
}

function exportRow(answer) {
  const text = () => JSON.stringify(answer, null, 2);
  return h("div", { class: "row" }, button("Copy the analysis", () => copy(text(), "The analysis is on the clipboard."), "quiet"),
    button("Download it", () => download(text(), "website-analysis.json"), "quiet"));
}
