// One submission: its timeline, its job, its model calls, and its retry.

import { ask, busy, trouble } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { replayed } from "./dead.js";
import { ago, count, lasts, panel, section, words } from "./panel.js";
import { at } from "./routes.js";
import { get, post } from "./session.js";
import { fact, modelCalls, retry, submissionBadge } from "./user.js";

export function submission(id) {
  const said = h("p", { class: "small", id: "submission-said", role: "status" });
  return panel({
    id: "submission", title: id, whole: true, text: "What was submitted and what became of it are not shown.",
    load: () => get(`/submissions/${id}`),
    draw: (one, refresh) => [
      h("dl", { class: "ops-facts" },
        fact("User", h("a", { href: at.user(one.user_id) }, one.user_id)), fact("Work", words(one.kind)), fact("Step", one.step ?? "none"),
        fact("Status", submissionBadge(one)), one.failure_code && fact("Failure", `${words(one.failure_code)} (${one.ours ? "ours" : "the user's or the website's"})`),
        fact("Took", one.finished_at ? lasts((new Date(one.finished_at) - new Date(one.created_at)) / 1000) : `${Math.round(one.progress)} % so far`),
        fact("Attempts", `${count(one.attempts)} of 4`), fact("Recoveries", count(one.recoveries)), fact("Waited for rate limits", lasts(one.snoozed_seconds)),
        fact("Queue", one.queue ?? "no longer known"), fact("Worker", one.worker ?? "not known"),
        fact("Job", one.job_state ? h("a", { href: at.job(one.job_id) }, `${one.job_id}, ${one.job_state}`) : `${one.job_id}, deleted`)),
      h("div", { class: "row ops-actions" }, act(one, said, refresh)), said,
      section("Timeline", h("ol", { class: "timeline" }, one.timeline.map((moment) => moments(moment, one)))),
      section("Model calls", modelCalls(one.model_calls)),
    ],
  });
}

function act(one, said, refresh) {
  const dead = one.dead_job;
  if (dead?.replayed_as) return h("a", { class: "button", href: at.submission(dead.replayed_as) }, "The submission that took its place");
  if (dead) return replay(one, said, refresh);
  if (one.status === "failed" && one.newest) return retry(one.user_id, said, refresh);
  return h("p", { class: "muted small" }, one.status === "failed" ? "Something newer was submitted in its place." : "There is nothing to retry.");
}

function replay(one, said, refresh) {
  const node = h("button", { type: "button", class: "button primary", "data-key": "retry" }, "Retry");
  node.addEventListener("click", () => busy(node, async () => {
    if (!await ask({ title: `Retry “${words(one.kind)}” of ${one.user_id}?`, confirm: "Retry", text: "What the user sent is submitted again, once. It is refused if something newer was submitted in its place." })) return;
    try {
      const done = await post(`/dead-jobs/${one.id}/replay`);
      replace(said, replayed(done), done.replayed_as && [" ", h("a", { href: at.submission(done.replayed_as) }, "Open it")]);
      announce(replayed(done));
    } catch (problem) { trouble(said, problem); }
    await refresh();
  }));
  return node;
}

const names = {
  queued: "Queued", started: "Started", phase: "Phase", attempt_failed: "Attempt failed", completed: "Completed", failed: "Failed",
  superseded: "Superseded by a newer submission", cancelled: "Cancelled",
};

function moments(moment, one) {
  const since = (new Date(moment.at) - new Date(one.created_at)) / 1000;
  return h("li", { class: moment.what }, h("b", {}, names[moment.what]), moment.detail && h("span", {}, words(moment.detail)),
    h("small", { class: "muted nums" }, `+${lasts(Math.max(0, since))} · `, ago(moment.at)));
}
