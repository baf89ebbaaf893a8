// How far users come, and how long they and the machine take.

import { h } from "../dom.js";
import { count, empty, lasts, panel, percent, table } from "./panel.js";
import { get } from "./session.js";

const days = 30;
const from = () => new Date(Date.now() - (days - 1) * 86400000).toISOString().slice(0, 10);

export const funnel = () => panel({
  id: "funnel", title: "Funnel", whole: true,
  text: `Sessions that began in the last ${days} days (UTC). The time in a step is the user's and the machine's, the work the machine's alone.`,
  load: async () => {
    const [steps, times] = await Promise.all([get(`/analytics/funnel?from=${from()}`), get(`/analytics/timings?from=${from()}`)]);
    return { steps, times };
  },
  draw({ steps, times }) {
    if (steps.started === 0) return empty("No session began in these days.");
    return [
      h("dl", { class: "tiles" }, tile("Started", count(steps.started)), tile("Finished", count(steps.finished)),
        tile("Completion", percent(steps.completion_rate)), tile("Median to the finish", lasts(times.total.median_seconds))),
      h("ol", { class: "funnel", "aria-label": "Steps" }, steps.steps.map((step) => line(step, steps.started))),
      h("p", { class: "legend-line", "aria-hidden": "true" }, legend("done", "Completed"), legend("skipped", "Skipped"), legend("lost", "Stopped here so far")),
      table("Times of the steps", ["Step", { n: "Median in step" }, { n: "95th percentile" }, { n: "Median work" }, { n: "95th percentile" }, "Made by"],
        times.steps.map((step, i) => [`${step.step} ${step.title}`,
          { n: lasts(step.time_in_step.median_seconds) }, { n: lasts(step.time_in_step.p95_seconds) },
          { n: lasts(step.work.median_seconds) }, { n: lasts(step.work.p95_seconds) },
          steps.steps[i].engines.map((e) => `${e.engine} ${count(e.completed)}`).join(", ") || "–"])),
    ];
  },
});

const tile = (name, value, kind = "") => h("div", { class: kind }, h("dt", {}, name), h("dd", {}, value));
const legend = (kind, name) => h("span", {}, h("i", { class: kind }), name);

function line(step, started) {
  const part = (n) => ({ "--value": `${started === 0 ? 0 : (n / started) * 100}` });
  return h("li", {},
    h("div", { class: "funnel-line" }, h("b", {}, `${step.step} ${step.title}`),
      h("span", {}, `${count(step.reached)} reached, ${count(step.completed)} completed, ${count(step.skipped)} skipped, ${count(step.failed)} failed once or more; ${count(step.lost)} (${percent(step.drop_off)}) stopped here, ${count(step.not_begun)} have not begun it`)),
    h("div", { class: "funnel-bar", "aria-hidden": "true" },
      h("i", { class: "done", vars: part(step.completed) }), h("i", { class: "skipped", vars: part(step.skipped) }), h("i", { class: "lost", vars: part(step.lost) })));
}
