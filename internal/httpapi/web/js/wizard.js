// The wizard: the rail of steps, and the step that is shown. The address names the step,
// so that a reload and the back button find it again.

import { announce, h, icon, replace } from "./dom.js";
import { statusBadge, statusWord } from "./controls.js";
import { state, step, subscribe } from "./store.js";
import * as providers from "./steps/providers.js";
import * as website from "./steps/website.js";
import * as research from "./steps/research.js";
import * as personas from "./steps/personas.js";
import * as integrations from "./steps/integrations.js";
import * as finish from "./steps/finish.js";

const views = [providers, website, research, personas, integrations, finish];
const rail = document.getElementById("rail");
const main = document.getElementById("main");
let shown = 0, view = null, head = null, heard = {}, unsubscribe = () => {};

export function showWizard() {
  shown = 0;
  unsubscribe();
  unsubscribe = subscribe(update);
  window.onhashchange = () => show(addressed());
  rail.hidden = false;
  document.getElementById("frame").classList.add("with-rail");
  show(addressed() || state.progress.next_step || 6, true);
}

/** go shows a step and leaves the one before in the history. */
export function go(n) { location.hash = `#/step/${n}`; }

function addressed() {
  const n = Number(/^#\/step\/([1-6])$/.exec(location.hash)?.[1] ?? 0);
  return n || shown;
}

function show(n, first = false) {
  if (!state.progress || n === shown) return;
  shown = n;
  if (first) history.replaceState(null, "", `#/step/${n}`);
  const { title, description } = step(n);
  document.title = `${title} · step ${n} of 6 · ALwrity`;
  const status = h("span", {});
  const heading = h("h1", { tabindex: "-1" }, title);
  view = views[n - 1].show({ go });
  view.status = status;
  head = h("header", { class: "step-head" },
    h("div", { class: "row" }, h("span", { class: "eyebrow" }, `Step ${n} of 6`), status), heading, h("p", {}, description));
  replace(main, head, view.node);
  update();
  if (!first) {
    heading.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }
}

function update() {
  if (!state.progress) return;
  drawRail();
  const one = step(shown);
  if (view.status.textContent !== statusWord(one)) replace(view.status, statusBadge(one));
  head.classList.toggle("done", one.done && shown !== 6);
  view.update?.(one);
  state.progress.steps.forEach(hear);
}

// hear tells a screen reader what changed, in words, and progress once a message.
function hear(one) {
  const said = one.status === "in_progress" ? one.message : `${one.title}: ${statusWord(one)}.`;
  const before = heard[one.step_number];
  heard[one.step_number] = said;
  if (before !== undefined && before !== said && one.status !== "failed") announce(said);
}

// drawRail keeps its nodes: what is being pressed must not be replaced under the finger.
function drawRail() {
  const { completion_percentage: percent, is_completed: completed, steps } = state.progress;
  if (rail.childElementCount === 0) replace(rail, ...newRail(steps));
  rail.querySelector("strong").textContent = completed ? "All set" : "Your progress";
  rail.querySelector(".rail-head span").textContent = `${percent}%`;
  rail.querySelector(".rail-meter i").style.setProperty("--done", percent);
  for (const one of steps) {
    const node = rail.querySelector(`[data-step="${one.step_number}"]`);
    if (one.step_number === shown) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
    if (node.dataset.status === one.status) continue;
    node.dataset.status = one.status;
    const mark = { completed: "check", skipped: "skip" }[one.status];
    replace(node.querySelector(".rail-dot"), mark ? icon(mark) : one.step_number);
    node.querySelector("small").textContent = statusWord(one);
  }
}

function newRail(steps) {
  return [
    h("div", { class: "rail-head" }, h("strong", {}), h("span", { class: "small muted nums" })),
    h("div", { class: "rail-meter", "aria-hidden": "true" }, h("i", {})),
    h("ol", {}, steps.map((one) => h("li", {}, h("button", { type: "button", class: "rail-step", "data-step": one.step_number, onclick: () => go(one.step_number) },
      h("span", { class: "rail-dot", "aria-hidden": "true" }),
      h("span", { class: "rail-text" }, h("b", {}, h("span", { class: "visually-hidden" }, `Step ${one.step_number}: `), one.title), h("small", {})))))),
  ];
}
