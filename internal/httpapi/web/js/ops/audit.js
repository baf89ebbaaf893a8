// The audit log.

import { h } from "../dom.js";
import { badge } from "../controls.js";
import { ago, empty, panel, table } from "./panel.js";
import { get } from "./session.js";

// What this page reads would fill the list.
const reading = /^admin\.(list|get)/;

export const audit = panel({
  id: "audit", title: "Audit log", whole: true,
  text: "What operators and owners changed, the newest first. Reads are left out.",
  load: async () => {
    const entries = [];
    let before = "";
    for (let page = 0; page < 4 && entries.length < 20; page++) {
      const got = await get(`/audit?limit=200${before}`);
      entries.push(...got.entries.filter((entry) => !reading.test(entry.action)));
      if (got.next_before === null) break;
      before = `&before=${got.next_before}`;
    }
    return entries.slice(0, 20);
  },
  draw(entries) {
    if (entries.length === 0) return empty("Nobody has changed anything yet.");
    return table("Audit log", ["When", "Who", "What", "Whom", "About", ""], entries.map((entry) => [
      ago(entry.last_at), entry.actor, h("b", {}, entry.count > 1 ? `${entry.action} × ${entry.count}` : entry.action), entry.user_id ?? "–", about(entry.detail),
      entry.detail.allowed === false ? badge("Refused", "bad") : "",
    ]));
  },
});

/** about says the rest of the detail in words. */
function about(detail) {
  const rest = Object.entries(detail ?? {}).filter(([key]) => key !== "allowed" && key !== "request_id");
  return rest.map(([key, value]) => `${key.replaceAll("_", " ")}: ${Array.isArray(value) ? value.join(", ") : value}`).join("; ") || "–";
}
