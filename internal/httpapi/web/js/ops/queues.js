// The queues: what waits, for how long, and whether they are paused.

import { ask, badge, busy } from "../controls.js";
import { announce, h } from "../dom.js";
import { ago, count, empty, lasts, panel, table } from "./panel.js";
import { get, post } from "./session.js";

export const queues = () => panel({
  id: "queues", title: "Queues", whole: true,
  text: "Users wait for the jobs of “interactive”; “bulk” has the jobs of operators and of maintenance.",
  load: () => get("/queues"),
  draw(data, refresh) {
    if (data.queues.length === 0) return empty("There is no queue yet: no worker has ever run on this database.");
    return table("Queues", ["Queue", { n: "Waiting" }, { n: "Running" }, { n: "Later" }, { n: "Oldest" }, "State", ""],
      data.queues.map((queue) => [
        h("b", {}, queue.name),
        { n: count(queue.jobs.available ?? 0) }, { n: count(queue.jobs.running ?? 0) },
        { n: count((queue.jobs.scheduled ?? 0) + (queue.jobs.retryable ?? 0)) }, { n: lasts(queue.waiting_seconds) },
        queue.paused ? h("span", {}, badge("Paused", "warn"), " ", ago(queue.paused_at)) : badge("Running", "good"),
        change(queue, refresh),
      ]));
  },
});

function change(queue, refresh) {
  const label = queue.paused ? "Resume" : "Pause";
  const node = h("button", { type: "button", class: "button", "data-key": queue.name, "aria-label": `${label} ${queue.name}` }, label);
  node.addEventListener("click", () => busy(node, async () => {
    if (!queue.paused && !await ask({
      title: `Pause the queue “${queue.name}”?`, confirm: "Pause",
      text: "Workers start no further job of it until it is resumed, also after a restart. Running jobs finish, and submissions are still accepted.",
    })) return;
    await post(`/queues/${encodeURIComponent(queue.name)}/${queue.paused ? "resume" : "pause"}`);
    announce(`${queue.name} is ${queue.paused ? "resumed" : "paused"}.`);
    await refresh();
  }));
  return node;
}
