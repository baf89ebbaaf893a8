// The page of operators: panels that keep themselves up to date.

import { button } from "../controls.js";
import { h, replace } from "../dom.js";
import { audit } from "./audit.js";
import { bulk } from "./bulk.js";
import { dead } from "./dead.js";
import { failures } from "./failures.js";
import { funnel } from "./funnel.js";
import { queues } from "./queues.js";
import { tools } from "./session.js";

// Each call stands in the audit log, so that the page does not ask more often than helps.
const every = 15000;
const panels = [funnel, queues, failures, dead, bulk, audit];
const updated = h("p", { class: "small", role: "status" });

async function refresh() {
  await Promise.all(panels.map((panel) => panel.refresh()));
  replace(updated, `As of ${new Date().toLocaleTimeString("en", { hour12: false })}; every ${every / 1000} s while this page is looked at.`);
}

tools(true);
const sections = document.getElementById("sections");
replace(sections, panels.map((panel) => h("a", { href: `#${panel.id}` }, panel.title)));
sections.hidden = false;
replace(document.getElementById("main"),
  h("div", { class: "ops-head" }, h("div", { class: "stack-s" }, h("h1", {}, "Operations"), updated), button("Refresh", refresh)),
  h("div", { class: "ops-grid" }, panels.map((panel) => panel.node)));
refresh();
setInterval(() => { if (!document.hidden) refresh(); }, every);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
