// What failed: by step and code, and one by one.

import { badge } from "../controls.js";
import { h } from "../dom.js";
import { filters, pager, stepField, text, yes } from "./filters.js";
import { ago, count, empty, panel, table, words } from "./panel.js";
import { at } from "./routes.js";
import { get } from "./session.js";
import { short } from "./user.js";

const days = 7;
const from = () => new Date(Date.now() - (days - 1) * 86400000).toISOString().slice(0, 10);

export const failures = () => panel({
  id: "failures", title: "By step and code", whole: true,
  text: `Submissions that failed in the last ${days} days (UTC), the most frequent first.`,
  load: () => get(`/analytics/failures?from=${from()}`),
  draw(data) {
    if (data.failures.length === 0) return empty("Nothing failed in these days.");
    const most = data.failures[0].count;
    return table("Failures", ["Code", { n: "Step" }, { n: "Failed" }, "Share", "Users"], data.failures.slice(0, 12).map((one) => [
      h("a", { href: at.failures({ code: one.code, step: one.step }) }, words(one.code)), { n: one.step }, { n: count(one.count) },
      h("div", { class: "meter", "aria-hidden": "true" }, h("i", { vars: { "--value": `${(one.count / most) * 100}` } })),
      h("a", { href: at.users({ step: one.step, failure_code: one.code }) }, "Who stands there"),
    ]));
  },
});

export const failedFilters = (route) => filters(route.query, [
  text("kind", "Work", "website_analysis"), text("code", "Failure code", "timeout"), stepField(), yes("ours", "Only what users can't mend"),
], at.failures);

/** failed lists the newest submissions that failed. */
export const failed = (values, limit) => panel({
  id: "failed", title: values.ours === "true" ? "Newest failures of ours" : "Newest failures", whole: true,
  text: values.ours === "true" ? "What neither the user nor the user's website can mend, in the last 7 days." : "Submissions that failed in the last 7 days.",
  load: () => get(`/failed-submissions?${new URLSearchParams({ ...values, limit })}`),
  draw: (data) => [
    data.submissions.length === 0 ? empty("Nothing of that kind failed.")
      : table("Failed submissions", ["Failed", "Work", { n: "Step" }, "Code", "Whose fault", "User", "Submission"], data.submissions.map((one) => [
        ago(one.finished_at), words(one.kind), { n: one.step ?? "–" }, words(one.code), one.ours ? badge("Ours", "bad") : badge("User or website"),
        h("a", { href: at.user(one.user_id) }, one.user_id), h("a", { href: at.submission(one.id) }, short(one.id)),
      ])),
    pager(values, "after", data.next_after, at.failures),
  ],
});
