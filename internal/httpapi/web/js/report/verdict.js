// The result in one screen: who, how it sounds, how easily it reads, what is good and what to do.

import { h, icon } from "../dom.js";
import { capital, split } from "./facts.js";

/** mainOf is what a value says without its evidence, "" for none. */
export const mainOf = (value) => (value ? split(String(value)).main : "");

/** traits are the first three of the values that say something new. */
export function traits(values) {
  const kept = [];
  for (const value of values.map(mainOf)) {
    if (value && !kept.some((one) => one.toLowerCase().includes(value.toLowerCase()))) kept.push(value);
  }
  return kept.slice(0, 3).map(capital);
}

/** verdict lays the parts out: facets are {title, node}, lists are {title, mark, items}. */
export function verdict({ id, title, lines, aside, facets, lists }) {
  const shownFacets = facets.filter((one) => one?.node), shownLists = lists.filter((one) => one.items?.length);
  return h("section", { class: "card verdict", "aria-labelledby": id },
    h("header", { class: "verdict-head" },
      h("div", { class: "grow" }, h("h2", { id, tabindex: "-1" }, title), lines.filter(Boolean).map((line) => h("p", {}, line))), aside),
    shownFacets.length + shownLists.length === 0 && h("p", { class: "muted" }, "There is too little to go by for more. The details below say why."),
    shownFacets.length > 0 && h("div", { class: "facets" }, shownFacets.map((one) => h("div", { class: "facet" }, h("h3", {}, one.title), one.node))),
    shownLists.length > 0 && h("div", { class: "verdict-lists" }, shownLists.map((one) => h("div", {}, h("h3", {}, one.title),
      h("ul", { class: `marked ${one.mark}` }, one.items.slice(0, 3).map((item) => h("li", {}, icon(one.mark), h("span", {}, item))))))));
}

/** chips are short values in a row. */
export const chips = (values) => values.length > 0 && h("ul", { class: "chips" }, values.map((one) => h("li", {}, one)));

/** gauge shows a value of 0 to 100 on a line; the word says what it means. */
export function gauge(value, word, note) {
  return h("div", { class: "gauge" }, h("b", { class: "gauge-word" }, capital(word)),
    h("div", { class: "gauge-line", "aria-hidden": "true" }, h("i", { vars: { "--value": Math.min(100, Math.max(0, value)) } })),
    h("p", { class: "small muted" }, note));
}
