// The search for users.

import { badge } from "../controls.js";
import { h } from "../dom.js";
import { filters, pager, statusField, stepField, text } from "./filters.js";
import { ago, empty, panel, table, words } from "./panel.js";
import { at } from "./routes.js";
import { get } from "./session.js";

export const userFilters = (route) => filters(route.query, [
  text("prefix", "The id begins with", "user_2"), stepField(), statusField(), text("failure_code", "Failure code", "host_not_found"),
], at.users, "Search");

export function users(route) {
  const values = Object.fromEntries(route.query);
  return panel({
    id: "users", title: "Users", whole: true,
    text: "In the order of their ids. Open one for its steps, work, history and what can be done.",
    load: () => get(`/users?${new URLSearchParams(values)}`),
    draw: (data) => [
      data.users.length === 0 ? empty(data.next_after === null ? "No user matches." : "None of the users up to here match; the next page goes on.")
        : table("Users", ["User", "Started", "Last change", { n: "Steps done" }, "State"], data.users.map((one) => [
          h("a", { href: at.user(one.user_id) }, one.user_id), ago(one.started_at), ago(one.updated_at),
          { n: `${one.steps.filter((step) => ["completed", "skipped"].includes(step.status)).length} of ${one.steps.length}` }, states(one),
        ])),
      pager(values, "after", data.next_after, at.users),
    ],
  });
}

function states(one) {
  if (one.completed_at) return badge("Finished", "good");
  const shown = one.steps.filter((step) => ["failed", "in_progress"].includes(step.status));
  return h("span", { class: "row" }, shown.length === 0 ? "–" : shown.map((step) => (
    step.status === "failed" ? badge(`Step ${step.step}: ${words(step.failure_code ?? "failed")}`, "bad") : badge(`Step ${step.step} works`, "accent"))));
}
