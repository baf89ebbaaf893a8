// Operations on many users: how far they are, cancelling them, starting one.

import { ask, badge, busy, guarded } from "../controls.js";
import { announce, h } from "../dom.js";
import { choices } from "../form.js";
import { ago, count, empty, panel, table, words } from "./panel.js";
import { get, post } from "./session.js";

const kinds = { running: "accent", completed: "good", cancelled: "warn" };

export const bulk = () => panel({
  id: "bulk", title: "Bulk operations", whole: true,
  text: "Operations on many users. They run in the background, after the work that users wait for.",
  load: () => get("/bulk-operations?limit=20"),
  draw(data, refresh) {
    return [
      data.operations.length === 0 ? empty("There was no operation in the last 30 days.")
        : table("Bulk operations", ["Operation", "By", "Begun", "State", "Progress", { n: "Done" }, { n: "Nothing to do" }, { n: "Failed" }, ""], data.operations.map((one) => [
          h("b", {}, words(one.kind)), one.actor, ago(one.created_at), badge(words(one.status), kinds[one.status] ?? ""), progress(one),
          { n: count(one.done) }, { n: count(one.unchanged + one.missing) }, { n: count(one.failed) }, one.status === "running" ? cancel(one, refresh) : "",
        ])),
      h("details", { class: "more" }, h("summary", {}, "Start one for users whose step failed"), starter(refresh)),
    ];
  },
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

function starter(refresh) {
  const kind = choices({
    legend: "What is done", name: "kind", type: "radio", chosen: ["retry_failed"], options: [
      { id: "retry_failed", name: "Retry", text: "Submits the last input of their failed steps again." },
      { id: "rebuild_inputs", name: "Rebuild inputs", text: "Builds their personalization inputs again." },
    ],
  });
  const step = h("select", { class: "input", name: "step" }, h("option", { value: "0" }, "any step"),
    ["AI providers", "Website analysis", "Research preferences", "Personalization", "Integrations", "Finish"].map((title, i) => h("option", { value: `${i + 1}` }, `${i + 1} ${title}`)));
  const trouble = h("div", { class: "trouble" });
  const form = h("form", { class: "stack" }, kind.node,
    h("div", { class: "field" }, h("label", { for: "bulk-step" }, "Users whose step failed with this"), step), trouble,
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Start")));
  step.id = "bulk-step";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(trouble, async () => {
      const started = await post("/bulk-operations", { kind: kind.value()[0], filter: { step: Number(step.value), status: "failed" } });
      announce(`Begun, for ${count(started.total)} users.`);
      await refresh();
    });
  });
  return form;
}
