// The audit log.

import { h } from "../dom.js";
import { badge } from "../controls.js";
import { filters, pager, text, yes } from "./filters.js";
import { ago, empty, panel, table } from "./panel.js";
import { at } from "./routes.js";
import { get } from "./session.js";

export const auditFilters = (route) => filters(route.query, [
  text("actor", "Who did it", "ops"), text("action", "What", "account.delete"), text("user_id", "Whom it was about", "user_2abc"),
  text("since", "Since", "2026-11-28T09:00:00Z"), text("until", "Until", "2026-11-29T09:00:00Z"), yes("changes", "Without reads"),
], at.audit);

export const audit = (values) => panel({
  id: "audit", title: "Entries", whole: true,
  text: "What operators and owners did, the newest first. Entries never change and outlive the account.",
  load: () => get(`/audit?${new URLSearchParams({ ...values, limit: 50 })}`),
  draw: (data) => [rows(data.entries), pager(values, "before", data.next_before, at.audit)],
});

/** rows draws entries of the log. */
export function rows(entries) {
  if (entries.length === 0) return empty("There is no such entry.");
  return table("Audit log", ["When", "Who", "What", "Whom", "About", "Refused"], entries.map((entry) => [
    ago(entry.last_at), h("a", { href: at.audit({ actor: entry.actor }) }, entry.actor), h("b", {}, entry.count > 1 ? `${entry.action} × ${entry.count}` : entry.action),
    entry.user_id ? h("a", { href: at.user(entry.user_id) }, entry.user_id) : "–", about(entry.detail), entry.detail.allowed === false ? badge("Refused", "bad") : "–",
  ]));
}

/** about says the rest of the detail in words. */
function about(detail) {
  const rest = Object.entries(detail ?? {}).filter(([key]) => key !== "allowed" && key !== "request_id");
  return rest.map(([key, value]) => `${key.replaceAll("_", " ")}: ${Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : value}`).join("; ") || "–";
}
