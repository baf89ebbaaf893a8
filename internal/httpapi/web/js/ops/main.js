// The console of operators: one page at a time, whose panels load when it is opened and keep themselves up to date.

import { button, notice } from "../controls.js";
import { h, replace } from "../dom.js";
import { parse, sections } from "./routes.js";
import { tools } from "./session.js";
import { views } from "./views.js";

// Each call stands in the audit log, so that the page does not ask more often than helps.
const every = 15000;
const main = document.getElementById("main"), bar = document.getElementById("sections");
const updated = h("p", { class: "small", role: "status" });
let panels = [];

async function refresh() {
  const shown = panels;
  await Promise.all(shown.map((one) => one.refresh()));
  if (shown === panels) replace(updated, `As of ${new Date().toLocaleTimeString("en", { hour12: false })}; every ${every / 1000} s while this page is looked at.`);
}

/** open shows the page of the fragment. */
function open(event) {
  const route = parse(location.hash);
  const view = route ? views[route.page](route) : { title: "Not found", panels: [], above: notice("bad", null, "There is no such page of the console.") };
  panels = view.panels;
  document.title = `${view.title} · ALwrity operations`;
  replace(bar, sections.map(([path, title]) => h("a", { href: `#${path}`, "aria-current": route && (route.path === path || (path !== "/" && route.path.startsWith(`${path}/`))) ? "page" : null }, title)));
  const title = h("h1", { tabindex: "-1" }, view.title);
  replace(updated);
  replace(main, h("div", { class: "ops-head" }, h("div", { class: "stack-s" }, view.back, title, updated), h("div", { class: "row" }, button("Refresh", refresh))),
    view.above, h("div", { class: "ops-grid" }, panels.map((one) => one.node)));
  if (event) { title.focus({ preventScroll: true }); scrollTo(0, 0); }
  refresh();
}

tools(true);
bar.hidden = false;
addEventListener("hashchange", open);
open();
setInterval(() => { if (!document.hidden) refresh(); }, every);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
