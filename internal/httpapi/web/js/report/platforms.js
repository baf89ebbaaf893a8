// The personas of the platforms side by side, of which one is open with its sample post.

import { post } from "../api.js";
import { badge, button, copy, guarded } from "../controls.js";
import { h, replace, uid } from "../dom.js";
import { tabs } from "../tabs.js";
import { facts, panel } from "./facts.js";

/** platforms shows a card for each platform; save(path, value) stores an edit of the personas. */
export function platforms(persona, offered, save) {
  const name = (id) => offered.find((one) => one.id === id)?.name ?? id;
  const order = (id) => persona.selected_platforms?.indexOf(id) ?? 0;
  return tabs("Platforms", Object.entries(persona.platform_personas).sort(([a], [b]) => order(a) - order(b)).map(([id, one]) => {
    const score = persona.quality_metrics?.detailed_metrics?.platforms?.[id];
    return { id, title: card(name(id), one, score), node: open(id, name(id), one, score, save) };
  }), "platforms");
}

function card(name, one, score) {
  const post = one.sample_post?.text;
  return h("span", { class: "platform-card" },
    h("span", { class: "persona-mark", "aria-hidden": "true" }, name.slice(0, 2)),
    h("span", { class: "platform-text" }, h("b", {}, name),
      h("small", {}, [score && `fit ${score.optimization}`, typeof one.sample_post?.voice_score === "number" && `voice ${one.sample_post.voice_score}`].filter(Boolean).join(", ") || "no sample post")),
    post && h("span", { class: "peek" }, post.length > 120 ? `${post.slice(0, 120)}…` : post));
}

function open(id, name, one, score, save) {
  const { sentence_metrics: lengths = {}, content_format_rules: rules = {}, lexical_adaptations: words = {}, engagement_patterns: engage = {}, meta = {} } = one;
  const own = meta.uncertainty?.reasons ?? {}, at = (path) => `platform_personas.${id}.${path}`;
  const reasons = Object.fromEntries(Object.entries(own).map(([path, reason]) => [at(path), reason]));
  return h("div", { class: "report-grid persona" },
    panel("half", "Sample post", one.sample_post ? null : "None was written.", sample(id, name, one.sample_post, one.changes, save)),
    panel("half", `Writing for ${name}`, null,
      h("div", { class: "row" }, score && badge(`Fit ${score.optimization}`, score.optimization >= 75 ? "good" : "warn"), score && badge(`Consistent ${score.consistency}`, score.consistency >= 75 ? "good" : "warn"),
        score?.missed?.length > 0 && h("span", { class: "small muted" }, `misses ${score.missed.join(", ")}`)),
      facts([
        ["Sentence length", lengths.optimal_sentence_length && `about ${lengths.optimal_sentence_length} words, at most ${lengths.max_sentence_length}`],
        ["Character limit", rules.character_limit?.toLocaleString("en")],
        ["Paragraphs", rules.paragraph_structure, at("content_format_rules.paragraph_structure")], ["Call to action", rules.call_to_action_style, at("content_format_rules.call_to_action_style")],
        ["Hashtags", words.hashtag_strategy, at("lexical_adaptations.hashtag_strategy")],
      ], reasons, save),
      h("details", { class: "more" }, h("summary", {}, `More about ${name}`),
        facts([["To engage", engage.engagement_tactics, at("engagement_patterns.engagement_tactics")], ["How often", engage.posting_frequency, at("engagement_patterns.posting_frequency")],
          ["Good practice", one.platform_best_practices], ["Links", rules.link_placement, at("content_format_rules.link_placement")], ["What changes", one.changes]], reasons, save))));
}

// sample is the post of a platform, made of the site's own sentences, as it would stand there.
function sample(id, name, one, changes, save) {
  if (!one) return null;
  const place = h("div", { class: "stack-s" });
  const shown = () => replace(place,
    h("div", { class: "sample-text" }, one.text.split("\n\n").map((part, i) => h("p", { class: i === 0 && part.length < 90 ? "lead" : "" }, part))),
    h("div", { class: "row between" },
      h("span", { class: "small muted nums" }, `${one.characters.toLocaleString("en")} characters${typeof one.voice_score === "number" ? ` · voice ${one.voice_score} of 100` : ""}`),
      h("div", { class: "row" }, button("Copy", () => copy(one.text, "The post is on the clipboard."), "quiet small"), button("Edit the post", edit, "quiet small"))));
  function edit() {
    const field = uid("post"), trouble = h("div", {}), input = h("textarea", { id: field, class: "input post", value: one.text, rows: "10" });
    replace(place, h("label", { for: field, class: "visually-hidden" }, `Sample post for ${name}`), input, trouble, h("div", { class: "row" },
      button("Save the post", () => guarded(trouble, async () => {
        const text = input.value.trim();
        await save(`platform_personas.${id}.sample_post`, { ...one, text, characters: [...text].length, voice_score: await scoreOf(text, id) });
      }), "primary"), button("Cancel", shown, "quiet")));
    input.focus();
  }
  shown();
  return place;
}

// scoreOf says how much a text sounds like the site, null where that can't be said.
async function scoreOf(text, platform) {
  try { return (await post("/voice/score", { text, platform })).voice.score ?? null; } catch { return null; }
}
