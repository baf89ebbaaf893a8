// What failed, by step and code.

import { h } from "../dom.js";
import { count, empty, panel, table, words } from "./panel.js";
import { get } from "./session.js";

const days = 7;
const from = () => new Date(Date.now() - (days - 1) * 86400000).toISOString().slice(0, 10);

export const failures = panel({
  id: "failures", title: "Failures",
  text: `Submissions that failed in the last ${days} days (UTC), the most frequent first.`,
  load: () => get(`/analytics/failures?from=${from()}`),
  draw(data) {
    if (data.failures.length === 0) return empty("Nothing failed in these days.");
    const most = data.failures[0].count;
    return table("Failures", ["Code", { n: "Step" }, { n: "Failed" }, "Share"], data.failures.slice(0, 12).map((one) => [
      words(one.code), { n: one.step }, { n: count(one.count) },
      h("div", { class: "meter", "aria-hidden": "true" }, h("i", { vars: { "--value": `${(one.count / most) * 100}` } })),
    ]));
  },
});
