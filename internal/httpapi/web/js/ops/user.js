// One user: steps, work, events, model calls, what operators and the owner did, and what can be done.

import { ask, badge, busy, statusBadge } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { rows as auditRows } from "./audit.js";
import { stepNames } from "./filters.js";
import { ago, count, empty, panel, section, table, words } from "./panel.js";
import { at } from "./routes.js";
import { get, post } from "./session.js";

const actions = [
  { kind: "retry_failed", label: "Retry failed steps", did: "The failed steps are submitted again.", text: "The last input of each failed step is submitted again, in the bulk queue." },
  { kind: "cancel", label: "Cancel running work", did: "Running work is cancelled.", text: "Running work stops. Each step goes back to the result that it held, or to not started." },
  { kind: "rebuild_inputs", label: "Rebuild inputs", did: "The inputs are built again.", text: "The personalization inputs are built again from what is stored." },
  { kind: "reset", label: "Reset", did: "All steps are pending again.", danger: true, text: "All steps become pending again and running work is cancelled. Data and keys are kept." },
  { kind: "delete", label: "Delete account", did: "The account is deleted.", danger: true, text: "Everything that is stored about the user is deleted. This can't be undone; the audit log stays." },
];

const path = (id) => `/users/${encodeURIComponent(id)}`;

export function user(id) {
  const said = h("p", { class: "small", id: "user-said", role: "status" });
  return panel({
    id: "user", title: "State", whole: true, text: "Nothing that the user has entered is shown here.",
    load: () => get(path(id)),
    draw: (state, refresh) => [
      h("dl", { class: "ops-facts" }, fact("Session", state.session_id), fact("Version", count(state.version)), fact("Started", ago(state.started_at)),
        fact("Last change", ago(state.updated_at)), fact("Finished", state.completed_at ? ago(state.completed_at) : "not yet")),
      h("div", { class: "row ops-actions" }, actions.map((one) => action(id, one, said, refresh)),
        h("a", { class: "button", href: `/api/onboarding/admin${path(id)}/export`, download: "onboarding.json" }, "Export")),
      said,
      section("Steps", table("Steps", ["Step", "Status", "Failure", "Holds a result", "Changed", "Newest submission"], state.steps.map((step) => [
        `${step.step} ${stepNames[step.step - 1]}`, statusBadge(step), words(step.failure_code ?? "–"), step.holds_result ? "yes" : "no", ago(step.updated_at),
        step.submission_id ? h("a", { href: at.submission(step.submission_id) }, short(step.submission_id)) : "–",
      ]))),
      section("Submissions", state.submissions.length === 0 ? empty("Nothing was submitted.")
        : table("Submissions", ["Submitted", "Work", "Status", "Phase", "Failure", "Submission", "Job"], state.submissions.map((one) => [
          ago(one.created_at), words(one.kind), submissionBadge(one), `${words(one.phase)}, ${Math.round(one.progress)} %`, words(one.failure_code ?? "–"),
          h("a", { href: at.submission(one.id) }, short(one.id)), one.job_state ? h("a", { href: at.job(one.job_id) }, `${one.job_id} ${one.job_state}`) : "gone",
        ]))),
      section("Events", state.events.length === 0 ? empty("Nothing has happened yet.")
        : table("Events", [{ n: "Version" }, "When", { n: "Step" }, "Status", "Phase", "Submission"], state.events.map((one) => [
          { n: one.version }, ago(one.at), { n: one.step }, statusBadge(one), words(one.failure_code ?? one.phase ?? "–"),
          one.submission_id ? h("a", { href: at.submission(one.submission_id) }, short(one.submission_id)) : "–",
        ])), state.events.length),
      section("Model calls", modelCalls(state.model_calls), state.model_calls.length),
    ],
  });
}

/** userAudit is what the audit log has about a user. */
export const userAudit = (id) => panel({
  id: "user-audit", title: "Audit", whole: true, text: "What the user and operators did with the account, the newest first. Reads are left out.",
  load: () => get(`/audit?${new URLSearchParams({ user_id: id, changes: "true", limit: "20" })}`),
  draw: (data) => [auditRows(data.entries), h("p", {}, h("a", { href: at.audit({ user_id: id }) }, "All entries, with reads"))],
});

export const short = (id) => h("code", { title: id }, id.slice(-12));
export const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

export function submissionBadge(one) {
  const kind = { completed: "good", failed: "bad", in_progress: "accent" }[one.status] ?? "";
  return badge(words(one.status), kind);
}

export function modelCalls(calls) {
  if (calls.length === 0) return empty("No model was called.");
  return table("Model calls", ["When", "Provider", "Model", "Prompt", { n: "Input tokens" }, { n: "Cached" }, { n: "Output tokens" }, { n: "Cost" }], calls.map((one) => [
    ago(one.at), one.provider, one.model, words(one.prompt), { n: count(one.input_tokens) }, { n: count(one.cached_tokens) }, { n: count(one.output_tokens) },
    { n: one.cost_micros === null ? "not known" : `$${(one.cost_micros / 1e6).toLocaleString("en", { maximumFractionDigits: 4 })}` },
  ]));
}

/** action is a button that asks, does something to the user, and says what became of it. */
export function action(id, one, said, refresh) {
  const node = h("button", { type: "button", class: one.danger ? "button danger" : "button", "data-key": one.kind }, one.label);
  node.addEventListener("click", () => busy(node, async () => {
    if (!await ask({ title: `${one.label}: ${id}?`, confirm: one.label, text: one.text })) return;
    let sentence;
    try {
      const { outcome } = await post(`${path(id)}/actions`, { kind: one.kind, confirm: one.kind === "delete" });
      sentence = outcome === "done" ? one.did : "There was nothing to do.";
    } catch (problem) { sentence = problem.message; }
    replace(said, sentence);
    announce(sentence);
    await refresh();
  }));
  return node;
}

/** retry is the action of a failed submission that is the newest of its step. */
export const retry = (id, said, refresh) => action(id, { ...actions[0], label: "Retry" }, said, refresh);
