// Operations on many users: how far they are, cancelling them, counting and starting one.

import { ask, badge, busy, guarded } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { choices } from "../form.js";
import { statusField, stepField, text } from "./filters.js";
import { ago, count, empty, panel, table, words } from "./panel.js";
import { get, post } from "./session.js";

const kinds = { running: "accent", completed: "good", cancelled: "warn" };

export const bulk = () => panel({
  id: "bulk", title: "Newest operations", whole: true,
  text: "They run in the background, after the work that users wait for.",
  load: () => get("/bulk-operations?limit=20"),
  draw: (data, refresh) => (data.operations.length === 0 ? empty("There was no operation in the last 30 days.")
    : table("Bulk operations", ["Operation", "By", "Begun", "State", "Progress", { n: "Done" }, { n: "Nothing to do" }, { n: "Failed" }, ""], data.operations.map((one) => [
      h("b", {}, words(one.kind)), one.actor, ago(one.created_at), badge(words(one.status), kinds[one.status] ?? ""), progress(one),
      { n: count(one.done) }, { n: count(one.unchanged + one.missing) }, { n: count(one.failed) }, one.status === "running" ? cancel(one, refresh) : "–",
    ]))),
});

function progress(one) {
  const ended = one.total - one.waiting - one.queued;
  const value = one.total === 0 ? 100 : (ended / one.total) * 100;
  return h("div", { class: "stack-s" }, h("div", { class: "meter", "aria-hidden": "true" }, h("i", { vars: { "--value": `${value}` } })),
    h("small", { class: "muted nums" }, `${count(ended)} of ${count(one.total)} users`));
}

function cancel(one, refresh) {
  const node = h("button", { type: "button", class: "button danger", "data-key": one.id, "aria-label": `Cancel ${words(one.kind)}` }, "Cancel");
  node.addEventListener("click", () => busy(node, async () => {
    if (!await ask({ title: `Cancel “${words(one.kind)}”?`, confirm: "Cancel it", text: "Users that were changed stay changed; the others are left as they are." })) return;
    await post(`/bulk-operations/${one.id}/cancel`);
    announce("The operation is cancelled.");
    await refresh();
  }));
  return node;
}

const fields = [text("prefix", "The id begins with", "user_2"), stepField(), statusField(), text("failure_code", "Failure code", "timeout")];

/** starter counts the users whom a filter finds, and starts an operation on them once it was counted. */
export function starter(listed) {
  const kind = choices({
    legend: "What is done", name: "kind", type: "radio", chosen: ["retry_failed"], options: [
      { id: "retry_failed", name: "Retry", text: "Submits the last input of their failed steps again." },
      { id: "rebuild_inputs", name: "Rebuild inputs", text: "Builds their personalization inputs again." },
      { id: "reset", name: "Reset", text: "Makes all their steps pending. Data and keys are kept." },
      { id: "delete", name: "Delete", text: "Deletes their accounts. This can't be undone." },
    ],
  });
  const inputs = fields.map((one) => (one.options
    ? h("select", { class: "input", id: `bulk-${one.name}` }, one.options.map(([value, title]) => h("option", { value }, title)))
    : h("input", { class: "input", id: `bulk-${one.name}`, placeholder: one.hint, autocomplete: "off", spellcheck: "false" })));
  const trouble = h("div", { class: "trouble" }), said = h("p", { id: "bulk-said", role: "status" });
  const request = () => {
    const filter = Object.fromEntries(fields.map((one, i) => [one.name, inputs[i].value.trim()]).filter(([, value]) => value !== ""));
    if (filter.step) filter.step = Number(filter.step);
    return { kind: kind.value()[0], filter };
  };
  const form = h("form", { class: "card stack", "aria-label": "Start an operation" }, h("h2", {}, "Start one"), kind.node,
    h("div", { class: "ops-filters" }, fields.map((one, i) => h("div", { class: "field" }, h("label", { for: inputs[i].id }, one.label), inputs[i]))),
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Count the users")), trouble, said);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    replace(said);
    guarded(trouble, async () => {
      const asked = request(), counted = await post("/bulk-operations/count", asked);
      const start = h("button", { type: "button", class: "button danger" }, `Start for ${count(counted.total)} users`);
      start.addEventListener("click", () => busy(start, () => guarded(trouble, async () => {
        if (!await ask({ title: `${words(asked.kind)}: ${count(counted.total)} users?`, confirm: "Start", text: "Each user is changed in a transaction of its own, in the background. It can be cancelled while it runs." })) return;
        const begun = await post("/bulk-operations", { ...asked, confirm: asked.kind === "delete" });
        replace(said, `Begun, for ${count(begun.total)} users.`);
        announce(`Begun, for ${count(begun.total)} users.`);
        await listed.refresh();
      })));
      replace(said, `The filter finds ${counted.next_after === null ? "" : "more than "}${count(counted.total)} users. `, start);
    });
  });
  return form;
}
