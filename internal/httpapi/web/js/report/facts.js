// A list of what is known, with the evidence beside it, and why something is not.

import { h } from "../dom.js";
import { editor } from "./edit.js";

/** split parts "short (mean 9.8 words)" into what is said and what it rests on. */
export function split(text) {
  const parts = /^([^(]{2,}?) \((.+)\)$/s.exec(text);
  return parts ? { main: parts[1], evidence: parts[2] } : { main: text, evidence: "" };
}

/** facts lists rows of [label, value, path]; a missing value says the reason that reasons has for its path, and is
 * left out when there is none. save(path, value), if given, stores what the user makes of a value with a path. */
export function facts(rows, reasons = {}, save = null) {
  const known = (value) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
  return h("dl", { class: "facts" }, rows.filter(([, value, path]) => known(value) || reasons[path]).map(([label, value, path]) => {
    const shown = () => (known(value) ? content(value) : [h("span", { class: "unknown" }, `Not known: ${reasons[path]}`)]);
    return h("div", {}, h("dt", {}, label), save && path ? editor(label, value, shown, (next) => save(path, next)) : h("dd", {}, shown()));
  }));
}

function content(value) {
  if (Array.isArray(value)) return [h("ul", { class: value.every((one) => String(one).length < 22) ? "short" : "" }, value.map((one) => h("li", {}, String(one))))];
  const { main, evidence } = split(String(value));
  return [h("span", { class: main.length < 70 ? "main" : "" }, capital(main)), evidence && [" ", h("span", { class: "evidence" }, evidence)]];
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** panel is a titled card of a report. */
export function panel(size, title, note, ...children) {
  return h("section", { class: `card panel ${size}` }, h("header", {}, h("h3", {}, title), note && h("p", {}, note)), ...children);
}
