// Tabs: several panels of which one is open. Printing shows all.

import { h, uid } from "./dom.js";

const chosen = new Map(); // by label: the tab that was opened last, for a view that is drawn again

/** tabs shows one of the panels {id, title, node}; a falsy one is left out, and paper: false on print. kind is a class of the list. */
export function tabs(label, panels, kind = "") {
  const all = panels.filter((one) => one?.node), group = uid("tabs");
  const buttons = all.map((one, i) => h("button", { type: "button", role: "tab", class: "tab", id: `${group}-${i}`, "aria-controls": `${group}-${i}-panel`, onclick: () => open(i), onkeydown: (event) => move(event, i) }, one.title));
  const nodes = all.map((one, i) => h("div", { role: "tabpanel", class: one.paper === false ? "tab-panel screen-only" : "tab-panel", id: `${group}-${i}-panel`, "aria-labelledby": `${group}-${i}`, tabindex: "-1" }, one.node));
  function open(i) {
    chosen.set(label, all[i].id);
    buttons.forEach((button, k) => { button.setAttribute("aria-selected", String(k === i)); button.tabIndex = k === i ? 0 : -1; });
    nodes.forEach((node, k) => { node.hidden = k !== i; });
  }
  function move(event, i) {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + all.length) % all.length;
    open(next);
    buttons[next].focus();
  }
  open(Math.max(0, all.findIndex((one) => one.id === chosen.get(label))));
  return h("div", { class: `tabs ${kind}` }, h("div", { class: "tab-list", role: "tablist", "aria-label": label }, buttons), nodes);
}
