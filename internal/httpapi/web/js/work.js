// The work of a step: how it goes, what went wrong, and what can be done about it.

import { button, guarded, notice, ask } from "./controls.js";
import { h, replace } from "./dom.js";
import { act, state } from "./store.js";

// What mends a failure that is no use retrying: the step where something has to change.
const mendedIn = {
  key_refused: 1, key_unreadable: 1, provider_rejected: 1, provider_forbidden: 1, provider_quota_exhausted: 1, analysis_missing: 2,
};

/** workPanel shows the running or failed work of a step. Its nodes stay while their
 * numbers change, so that a focused button keeps the focus. change opens the form. */
export function workPanel(n, what, change) {
  const node = h("div", { class: "work-panel" }), trouble = h("div", {});
  let drawn = "", live = null;

  function running(one) {
    if (drawn !== "in_progress") {
      drawn = "in_progress";
      const focused = node.contains(document.activeElement);
      live = { message: h("b", {}), percent: h("output", {}), meter: h("div", { class: "meter", role: "progressbar", "aria-label": what, "aria-valuemin": "0", "aria-valuemax": "100" }, h("i")), log: h("ol", { class: "log", "aria-label": "What was done so far" }) };
      replace(node, h("section", { class: "card work", "aria-label": what },
        h("div", { class: "work-now" }, live.message, live.percent), live.meter, live.log,
        h("div", { class: "row between" }, h("span", { class: "small muted" }, "You can leave this page: the work goes on."), button("Cancel", () => guarded(trouble, () => act(`/step/${n}/cancel`)))), trouble));
      if (focused) node.querySelector("button").focus();
    }
    const percent = Math.floor(one.progress);
    live.message.textContent = one.message || "Starting.";
    live.percent.textContent = `${percent}%`;
    live.meter.setAttribute("aria-valuenow", percent);
    live.meter.firstChild.style.setProperty("--value", one.progress);
    const log = state.logs[one.submission_id] ?? [];
    if (live.log.childElementCount !== log.length) {
      replace(live.log, log.map((line) => h("li", {}, h("time", {}, line.at.toLocaleTimeString()), h("span", {}, line.message))));
    }
  }

  function failed(one) {
    const key = `failed ${one.submission_id}`;
    if (drawn === key) return;
    drawn = key;
    const helps = one.error?.retryable ?? true, elsewhere = mendedIn[one.error?.code];
    const retry = button("Retry", () => guarded(trouble, () => act(`/step/${n}/retry`)), helps ? "primary" : "");
    const mend = !helps && (elsewhere ? h("a", { class: "button primary", href: `#/step/${elsewhere}` }, `Go to step ${elsewhere}`) : button("Change what you entered", change, "primary"));
    replace(node, notice("bad", "That did not work.", one.error?.detail ?? one.validation_errors?.[0], mend, retry), trouble);
  }

  return {
    node,
    update(one) {
      if (one.status === "in_progress") running(one);
      else if (one.status === "failed") failed(one);
      else if (drawn) {
        drawn = "";
        keepFocus(node, () => replace(node));
      }
    },
  };
}

// keepFocus puts the focus on the heading of the step when what had it goes away.
function keepFocus(node, change) {
  const focused = node.contains(document.activeElement);
  change();
  if (focused && !node.contains(document.activeElement)) document.querySelector("main h1")?.focus();
}

/** footer is what can be done with any step: go on, skip it, reset it. */
export function footer(n, { go, skippable }) {
  const next = h("span", {}), aside = h("div", { class: "row" }), trouble = h("div", {});
  let drawn = "";
  const skip = () => guarded(trouble, async () => { await act(`/step/${n}/skip`); go(n + 1); });
  const reset = async () => {
    const sure = await ask({ title: "Reset this step?", text: "It becomes pending and running work is cancelled. What was stored stays readable but no longer counts until you submit it again.", confirm: "Reset the step" });
    if (sure) await guarded(trouble, () => act(`/step/${n}/reset`));
  };
  const node = h("div", { class: "step-foot" }, h("div", { class: "row between" }, aside, next), trouble);
  return {
    node,
    update(one) {
      const key = `${one.status} ${one.done}`;
      if (key === drawn) return;
      drawn = key;
      keepFocus(aside, () => replace(aside,
        skippable && one.status !== "completed" && one.status !== "skipped" && button("Skip this step", skip),
        one.status !== "pending" && button("Reset this step", reset, "quiet")));
      node.classList.toggle("sticky", one.done);
      replace(next, one.done && n < 6 && button("Continue", () => go(n + 1), "primary"));
    },
  };
}
