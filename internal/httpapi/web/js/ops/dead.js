// Dead jobs: work that failed for a reason that its user can't fix, and its replay.

import { ask, busy } from "../controls.js";
import { announce, h } from "../dom.js";
import { ago, count, empty, panel, table, words } from "./panel.js";
import { at } from "./routes.js";
import { get, post } from "./session.js";
import { short } from "./user.js";

const shown = 20;
const page = "/dead-jobs?unreplayed=true&limit=500";
const filter = { kind: "", code: "" };
let said = ""; // what became of the last replay

export const dead = () => panel({
  id: "dead", title: "Dead jobs", whole: true,
  text: "Work that failed for a reason that its user can't fix. Replay it once the cause is gone; replayed jobs are not listed.",
  load: async () => {
    const all = await get(page);
    // A choice that nothing is left of would hide what has died since.
    for (const name of Object.keys(filter)) if (!all.jobs.some((job) => job[name] === filter[name])) filter[name] = "";
    const chosen = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
    const found = Object.keys(chosen).length === 0 ? all : await get(`${page}&${new URLSearchParams(chosen)}`);
    return { all: all.jobs, found, chosen, said };
  },
  draw(data, refresh) {
    const { all, found } = data;
    const result = data.said && h("p", { class: "small", id: "dead-said" }, data.said);
    if (all.length === 0) return [result, empty("No dead job waits for a replay.")];
    return [
      h("div", { class: "row" }, choice("kind", "Kind", all, refresh), choice("code", "Code", all, refresh), replayAll(data, refresh)), result,
      table("Dead jobs", ["Died", "Work", "Code", "User", { n: "Attempts" }, { n: "Recoveries" }, "Submission", ""], found.jobs.slice(0, shown).map((job) => [
        ago(job.died_at), h("b", {}, words(job.kind)), words(job.code), h("a", { href: at.user(job.user_id) }, job.user_id), { n: count(job.attempts) }, { n: count(job.recoveries) },
        h("a", { href: at.submission(job.id) }, short(job.id)), replay(job, refresh),
      ])),
      h("p", { class: "muted small" }, `${size(found)} found${found.jobs.length > shown ? `; the newest ${shown} are shown` : ""}.`),
    ];
  },
});

const size = (found) => (found.next_after === null ? count(found.jobs.length) : `More than ${count(found.jobs.length)}`);

function choice(name, label, all, refresh) {
  const values = [...new Set(all.map((job) => job[name]))].sort();
  const node = h("select", { class: "input", id: `dead-${name}`, "data-key": `dead-${name}` },
    h("option", { value: "" }, "any"), values.map((value) => h("option", { value }, words(value))));
  node.value = filter[name];
  node.addEventListener("change", () => { filter[name] = node.value; refresh(); });
  return h("div", { class: "field" }, h("label", { for: node.id }, label), node);
}

/** action is a button that asks, does it, and shows what became of it. */
function action(label, props, question, refresh, run) {
  const node = h("button", { type: "button", class: "button", ...props }, label);
  node.addEventListener("click", () => busy(node, async () => {
    if (!await ask(question)) return;
    try { said = await run(); } catch (problem) { said = problem.message; }
    announce(said);
    await refresh();
  }));
  return node;
}

/** replayed says what became of a replay. */
export const replayed = (done) => ({ replayed: "It is submitted again.", already_replayed: "It was submitted again before." }[done.outcome] ?? `Refused: ${done.reason}`);

function replay(job, refresh) {
  return action("Replay", { "data-key": job.id, "aria-label": `Replay ${words(job.kind)} of ${job.user_id}` }, {
    title: `Replay “${words(job.kind)}” of ${job.user_id}?`, confirm: "Replay",
    text: "What the user sent is submitted again, once. It is refused if something newer was submitted in its place.",
  }, refresh, async () => {
    return replayed(await post(`/dead-jobs/${job.id}/replay`));
  });
}

function replayAll({ found, chosen }, refresh) {
  const which = Object.values(chosen).map((value) => `“${words(value)}”`).join(", ") || "of any kind and code";
  return action("Replay all found", { "data-key": "dead-all" }, {
    title: `Replay all dead jobs ${which}?`, confirm: "Replay all",
    text: `${size(found)} now. Each is submitted again, once, in the bulk queue. What has moved on is left alone.`,
  }, refresh, async () => {
    let [submitted, refused, after] = [0, 0, undefined];
    do {
      const { replays, next_after: next } = await post("/dead-jobs/replay", { ...chosen, after });
      refused += replays.filter((one) => one.outcome === "refused").length;
      submitted += replays.filter((one) => one.outcome !== "refused").length;
      after = next;
    } while (after);
    return `${count(submitted)} submitted again, ${count(refused)} refused.`;
  });
}
