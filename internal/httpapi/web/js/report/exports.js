// Taking a result away: the clipboard, JSON, CSV, and paper or PDF by the browser's print dialog.

import { button, copy, download } from "../controls.js";
import { h } from "../dom.js";
import { split } from "./facts.js";

/** exportRow offers a document under a file name. parts name the columns of the CSV: {part: value}. */
export function exportRow(name, document, parts, what) {
  const text = () => JSON.stringify(document, null, 2);
  const named = (label, title, action) => {
    const node = button(label, action, "quiet small");
    node.setAttribute("aria-label", title);
    return node;
  };
  return h("div", { class: "row exports" },
    named("Copy", `Copy ${what}`, () => copy(text(), "It is on the clipboard.")),
    named("JSON", `Download ${what} as JSON`, () => download(text(), `${name}.json`)),
    named("CSV", `Download ${what} as CSV`, () => download(csv(parts), `${name}.csv`, "text/csv")),
    named("PDF", `Print ${what} or save it as PDF`, () => window.print()));
}

/** csv lists every value of the parts: its part, its field, the value and what it rests on. */
export function csv(parts) {
  const rows = [["part", "field", "value", "evidence"]];
  for (const [part, value] of Object.entries(parts)) flatten(part, "", value, rows);
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function flatten(part, path, value, rows) {
  if (value === null || value === undefined || value === "") return;
  if (typeof value === "object" && !Array.isArray(value)) {
    for (const [name, one] of Object.entries(value)) flatten(part, path ? `${path}.${name}` : name, one, rows);
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((one) => flatten(part, path, one, rows));
    return;
  }
  const { main, evidence } = split(String(value));
  rows.push([part, path, main, evidence]);
}

// cell quotes a value. Spreadsheets run what begins like a formula, so that is preceded by an apostrophe.
function cell(value) {
  const safe = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

// Folded parts are opened for paper and closed again.
const opened = new Set();
addEventListener("beforeprint", () => document.querySelectorAll("main .report details:not([open])").forEach((one) => { one.open = true; opened.add(one); }));
addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); opened.clear(); });
