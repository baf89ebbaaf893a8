// Editing a value where it stands.

import { button, guarded } from "../controls.js";
import { h, icon, replace, uid } from "../dom.js";

/** editor is a dd that shows a value, a text or a list of texts, and lets the user change it. save(value) stores it. */
export function editor(label, value, shown, save) {
  const node = h("dd", { class: "editable" });
  const edit = h("button", { type: "button", class: "button quiet icon edit", "aria-label": `Edit ${label}`, onclick: begin }, icon("pencil"));
  const rest = () => replace(node, h("div", { class: "grow" }, shown()), edit);
  function begin() {
    const many = Array.isArray(value), id = uid("edit"), trouble = h("div", {});
    const text = many ? value.join("\n") : String(value ?? "");
    const input = h("textarea", { id, class: "input", value: text, rows: String(Math.min(8, Math.max(2, text.split("\n").length + Math.floor(text.length / 70)))) });
    const store = button("Save", () => guarded(trouble, async () => {
      const typed = input.value.trim();
      if (typed !== text.trim()) await save(many ? typed.split("\n").map((line) => line.trim()).filter(Boolean) : typed);
      rest();
    }), "primary");
    const stop = () => { rest(); edit.focus(); };
    replace(node, h("div", { class: "stack-s grow", onkeydown: (event) => { if (event.key === "Escape") stop(); } },
      h("label", { for: id, class: "visually-hidden" }, label), input, many && h("span", { class: "small muted" }, "One on each line."), trouble,
      h("div", { class: "row" }, store, button("Cancel", stop, "quiet"))));
    input.focus();
  }
  rest();
  return node;
}

/** withValue returns a copy of a document with another value at a path of names joined by dots. */
export function withValue(document, path, value) {
  const copy = structuredClone(document), names = path.split("."), last = names.pop();
  let place = copy;
  for (const name of names) place = place[name] ??= {};
  place[last] = value;
  return copy;
}
