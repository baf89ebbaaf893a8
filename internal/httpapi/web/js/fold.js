// A form that folds once its work has begun or is done: what was submitted stands in its place.

import { button } from "./controls.js";
import { h, icon, uid } from "./dom.js";

/** fold wraps a form; update(step, said) folds it when the step's submission has changed and did not fail. */
export function fold(label, form, again) {
  const id = uid("fold"), said = h("b", { class: "grow" });
  const toggle = button(again, () => set(body.hidden));
  const body = h("div", { class: "fold-body", id }, form);
  const mark = icon("check"), head = h("div", { class: "fold-head" }, mark, said, toggle);
  toggle.setAttribute("aria-controls", id);
  let key = "";
  function set(open) {
    const focused = body.contains(document.activeElement);
    body.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) body.querySelector("input, textarea, select")?.focus({ preventScroll: true });
    else if (focused) toggle.focus({ preventScroll: true });
  }
  return {
    node: h("section", { class: "card fold", "aria-label": label }, head, body),
    open: () => { set(true); body.scrollIntoView({ block: "center" }); },
    update(one, sentence) {
      const folds = ["in_progress", "completed"].includes(one.status) || (one.done && one.status !== "failed");
      head.hidden = !folds;
      mark.toggleAttribute("hidden", one.status === "in_progress");
      said.textContent = sentence;
      const now = `${one.status} ${one.submission_id}`;
      if (now === key) return;
      key = now;
      if (folds) set(false);
      else body.hidden = false;
    },
  };
}
