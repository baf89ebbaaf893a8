// Panels that load themselves, and what all of them show things with.

import { trouble } from "../controls.js";
import { h, replace } from "../dom.js";

/**
 * panel is a section that shows what load() resolves to, drawn by draw(data, refresh).
 * It is drawn again only when something has changed, and the focus stays where it was.
 */
export function panel({ id, title, text, whole, load, draw }) {
  const body = h("div", { class: "stack" }, h("p", { class: "muted small" }, "Loading…"));
  let shown = "";
  const refresh = async () => {
    try {
      const data = await load();
      const now = JSON.stringify(data);
      // An open question keeps the button that asked it, and so the place of the focus.
      if (now === shown || document.querySelector("dialog[open]")) return;
      const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      replace(body, draw(data, refresh));
      shown = now;
      if (focused) body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    } catch (problem) {
      shown = "";
      trouble(body, problem, refresh);
    }
  };
  const node = h("section", { class: `card panel ops-panel${whole ? " whole" : ""}`, id, "aria-labelledby": `${id}-title` },
    h("header", {}, h("h2", { id: `${id}-title` }, title), text && h("p", {}, text)), body);
  return { id, title, node, refresh };
}

/** empty says that there is nothing, and what that means. */
export const empty = (sentence) => h("p", { class: "ops-empty" }, sentence);

/** section is a part of a panel that opens; what is long is closed at first. */
export function section(title, body, length = 0) {
  return h("details", { class: "ops-section", open: length <= 20 }, h("summary", {}, h("h3", {}, title)), body);
}

/**
 * table has rows of cells; a cell is text, a node, or {n} for a number, {id} for an id. On a phone each row is a card,
 * whose cells name their columns.
 */
export function table(caption, head, rows) {
  const names = head.map((name) => (typeof name === "object" ? name.n : name));
  return h("div", { class: "ops-scroll", tabindex: "0", role: "group", "aria-label": caption },
    h("table", { role: "table" }, h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head.map((name, i) => (
      h("th", { scope: "col", role: "columnheader", class: typeof name === "object" ? "n" : null }, names[i] || h("span", { class: "visually-hidden" }, "Actions")))))),
    h("tbody", { role: "rowgroup" }, rows.map((cells) => h("tr", { role: "row" }, cells.map((content, i) => cell(content, names[i])))))));
}

function cell(content, name) {
  const marked = content !== null && typeof content === "object" && !(content instanceof Node) && !Array.isArray(content);
  const kind = marked && ("n" in content ? "n" : "id");
  return h("td", { role: "cell", class: kind || (name ? null : "actions"), "data-name": name || null }, marked ? content[kind] : content);
}

export const count = (n) => n.toLocaleString("en");
export const percent = (share) => `${(share * 100).toLocaleString("en", { maximumFractionDigits: 1 })} %`;

/** lasts says a time span in the unit that fits. */
export function lasts(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toLocaleString("en", { maximumFractionDigits: 1 })} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

/** ago says how long a moment is past; the moment itself stands in the tooltip. */
export function ago(moment) {
  const at = new Date(moment);
  return h("time", { datetime: moment, title: at.toLocaleString("en", { hour12: false }) }, `${lasts(Math.max(0, Date.now() - at) / 1000)} ago`);
}

/** words makes a name of the API readable: rebuild_inputs, river.jobs.retry. */
export const words = (name) => name.replaceAll("_", " ");
