// Parts that every view uses: buttons that work, notices, badges, the question dialog.

import { announce, h, icon, replace } from "./dom.js";

/** button runs action when it is pressed, and shows that it does. */
export function button(label, action, kind = "") {
  const node = h("button", { type: "button", class: `button ${kind}`.trim() }, label);
  node.addEventListener("click", () => busy(node, action));
  return node;
}

/** busy keeps a button from being pressed again while its action runs. */
export async function busy(node, action) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  try { await action(); } finally { node.removeAttribute("aria-busy"); }
}

/** badge says a state in words; the colour only repeats it. */
export const badge = (text, kind = "", mark = null) => h("span", { class: `badge ${kind}` }, mark && icon(mark), text);

export function notice(kind, title, sentence, ...actions) {
  const mark = { bad: "alert", warn: "alert", good: "check" }[kind] ?? "info";
  return h("div", { class: `notice ${kind}`, ...(kind === "bad" ? { role: "alert" } : {}) }, icon(mark),
    h("div", {}, title && h("strong", {}, title), sentence && h("p", {}, sentence),
      actions.length > 0 && h("div", { class: "row" }, actions)));
}

/** trouble shows what went wrong in a place of its own, with a way to try again. */
export function trouble(place, problem, retry) {
  replace(place, notice("bad", null, problem.message, retry && button("Try again", retry)));
}

/** guarded runs an action and shows its problem in place, and tells the form. */
export async function guarded(place, action, form = null) {
  replace(place);
  try {
    return await action();
  } catch (problem) {
    if (!form?.refuse(problem)) trouble(place, problem);
    return undefined;
  }
}

/** redrawn puts what load makes in place, in the place of what was there until then. */
export async function redrawn(place, load) {
  try {
    replace(place, await load());
  } catch (problem) {
    trouble(place, problem, () => redrawn(place, load));
  }
}

const words = {
  pending: "Not started", in_progress: "Working", completed: "Completed", skipped: "Skipped", failed: "Failed",
};
export const statusWord = (one) => words[one.status] ?? one.status;

export function statusBadge(one) {
  const kind = { completed: "good", failed: "bad", in_progress: "accent" }[one.status] ?? "";
  const mark = { completed: "check", failed: "alert", skipped: "skip" }[one.status] ?? null;
  return badge(statusWord(one), kind, mark);
}

/** ask opens a question and resolves to false, or to what the user chose. */
export function ask({ title, text, confirm, option }) {
  return new Promise((resolve) => {
    const box = option && h("input", { type: "checkbox" });
    const dialog = h("dialog", { "aria-labelledby": "dialog-title", "aria-describedby": "dialog-text" },
      h("form", { method: "dialog", class: "stack" },
        h("h2", { id: "dialog-title" }, title), h("p", { id: "dialog-text" }, text),
        option && h("label", { class: "check" }, box, h("span", {}, option)),
        h("div", { class: "row" },
          h("button", { class: "button", value: "no" }, "Keep it"),
          h("button", { class: "button danger", value: "yes" }, confirm))));
    const before = document.activeElement;
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(dialog.returnValue === "yes" ? { option: box?.checked ?? false } : false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** copy puts text on the clipboard and says so. */
export async function copy(text, label) {
  await navigator.clipboard.writeText(text);
  announce(label);
}

/** download offers text as a file. */
export function download(text, name, type = "application/json") {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
