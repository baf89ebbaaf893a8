// Filters whose values stand in the address of the page, and the pages of a list.

import { h, uid } from "../dom.js";

export const stepNames = ["AI providers", "Website analysis", "Research preferences", "Personalization", "Integrations", "Finish"];
const statuses = ["pending", "in_progress", "completed", "skipped", "failed"];

/** text and select describe a field of a filter. */
export const text = (name, label, hint = "") => ({ name, label, hint });
export const select = (name, label, options) => ({ name, label, options });
export const stepField = (name = "step") => select(name, "Step", [["", "any"], ...stepNames.map((title, i) => [`${i + 1}`, `${i + 1} ${title}`])]);
export const statusField = () => select("status", "Status of the step", [["", "any"], ...statuses.map((one) => [one, one.replaceAll("_", " ")])]);
export const yes = (name, label) => ({ name, label, yes: true });

/** filters is a form whose values become the address that href makes of them. */
export function filters(query, fields, href, label = "Find") {
  const shown = fields.map((one) => ({ one, input: input(one, query.get(one.name) ?? "") }));
  const form = h("form", { class: "card ops-filters", role: "search" }, shown.map(({ one, input: node }) => (one.yes
    ? h("label", { class: "check" }, node, h("span", {}, one.label))
    : h("div", { class: "field" }, h("label", { for: node.id }, one.label), node))),
  h("div", { class: "row" }, h("button", { class: "button primary" }, label), query.size > 0 && h("a", { class: "button", href: href({}) }, "Clear")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = href(Object.fromEntries(shown.map(({ one, input: node }) => [one.name, one.yes ? (node.checked ? "true" : "") : node.value.trim()])));
  });
  return form;
}

function input(one, value) {
  const id = uid("filter");
  if (one.yes) return h("input", { type: "checkbox", id, name: one.name, checked: value === "true" });
  if (!one.options) return h("input", { class: "input", id, name: one.name, value, placeholder: one.hint, autocomplete: "off", spellcheck: "false" });
  const node = h("select", { class: "input", id, name: one.name }, one.options.map(([key, title]) => h("option", { value: key }, title)));
  node.value = one.options.some(([key]) => key === value) ? value : one.options[0][0];
  return node;
}

/** pager leads to the first page and to the next, whose cursor is null at the end. */
export function pager(values, cursor, next, href) {
  const first = values[cursor];
  if (!first && next === null) return null;
  return h("nav", { class: "row", "aria-label": "Pages" }, first && h("a", { class: "button", href: href({ ...values, [cursor]: "" }) }, "First page"),
    next !== null && h("a", { class: "button", href: href({ ...values, [cursor]: next }) }, "Next page"));
}
