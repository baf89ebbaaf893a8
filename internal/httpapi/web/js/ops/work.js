// Who works, and on what.

import { badge } from "../controls.js";
import { h } from "../dom.js";
import { ago, count, empty, lasts, panel, table, words } from "./panel.js";
import { get } from "./session.js";
import { short } from "./user.js";

const seconds = (moment) => (Date.now() - new Date(moment)) / 1000;

export const workers = () => panel({
  id: "workers", title: "Workers", whole: true,
  text: "Workers that have beaten within the last hour. One without a heartbeat for 6 s is taken for dead; its jobs go on elsewhere.",
  load: async () => (await get("/work")).workers,
  draw: (all) => (all.length === 0 ? empty("No worker has beaten within the last hour.")
    : table("Workers", ["Worker", "Host", "Version", "State", "Started", "Last beat", { n: "Jobs" }, "Kinds"], all.map((one) => [
      short(one.id), one.host ?? "not known", one.version ?? "not known",
      h("span", { class: "row" }, one.alive ? badge("Alive", "good") : badge("No heartbeat", "bad"), one.leads && badge("Leads", "accent")),
      ago(one.started_at), ago(one.beat_at), { n: count(one.jobs.reduce((sum, kind) => sum + kind.count, 0)) },
      one.jobs.map((kind) => `${count(kind.count)} ${words(kind.kind)}, the oldest for ${lasts(Math.max(0, seconds(kind.oldest_at)))}`).join("; ") || "–",
    ]))),
});

export const jobs = () => panel({
  id: "jobs", title: "Jobs now", whole: true,
  text: "Jobs that have not ended. River shows “1 / 1000 attempts”: its limit never ends a job. A submission has 4 attempts, over all of its jobs.",
  load: () => get("/work").then(({ jobs: all, whole }) => ({ all, whole })),
  draw: ({ all, whole }) => [
    all.length === 0 ? empty("Nothing waits and nothing runs.")
      : table("Jobs", ["Work", "Queue", "State", { n: "Jobs" }, { n: "Oldest" }, "River"], all.map((one) => [
        h("b", {}, words(one.kind)), one.queue, words(one.state), { n: count(one.count) }, { n: age(one) },
        h("a", { href: `/ops/river/jobs?${new URLSearchParams({ state: one.state, kinds: one.kind })}` }, "Show"),
      ])),
    !whole && h("p", { class: "muted small" }, "There are more: 50,000 jobs were counted."),
  ],
});

function age(one) {
  const past = seconds(one.oldest_at);
  return past < 0 ? `in ${lasts(-past)}` : lasts(past);
}
