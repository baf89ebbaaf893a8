// Step 6: what is done, what is missing, the inputs document, the finish and the start over.

import { ask, button, guarded, notice, statusBadge } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { inputsPanel } from "../report/inputs.js";
import { act, state } from "../store.js";

export function show({ go }) {
  const trouble = h("div", {}), head = h("div", {}), list = h("ul", { class: "review" }), inputs = inputsPanel();
  const finish = () => guarded(trouble, async () => announce((await act("/complete")).message));
  const again = async () => {
    const sure = await ask({ title: "Start over?", text: "Every step becomes pending and running work is cancelled. Your API keys are kept.", confirm: "Start over", option: "Delete the analyses, personas and inputs as well" });
    if (sure && await guarded(trouble, () => act("/reset", { delete_data: sure.option }))) go(1);
  };
  let drawn = "";
  return {
    node: h("div", { class: "stack" }, head,
      h("section", { class: "card stack", "aria-label": "Review" }, h("h2", {}, "Review"), list), trouble, inputs.node,
      h("div", { class: "step-foot" }, h("div", { class: "row" }, button("Start over", again, "quiet")))),
    update() {
      const { steps, can_proceed_to_final: ready, is_completed: completed, completed_at: at } = state.progress;
      inputs.update(steps.map((one) => `${one.status}${one.completed_at}`).join());
      const key = JSON.stringify([steps.map((one) => [one.status, one.done]), ready, completed]);
      if (key === drawn) return;
      drawn = key;
      replace(head, completed
        ? notice("good", "Your onboarding is complete.", `Finished on ${new Date(at).toLocaleString()}. You can change every step, and the documents follow.`)
        : ready
          ? notice("good", "Everything that is needed is there.", "Steps that you left out count as skipped.", button("Finish", finish, "primary"))
          : notice("warn", "Not everything is there yet.", "Steps 2 and 4 have to be completed, step 3 completed or skipped."));
      replace(list, steps.slice(0, 5).map((one) => h("li", {}, h("a", { href: `#/step/${one.step_number}` }, `${one.step_number}. ${one.title}`), statusBadge(one))));
    },
  };
}
