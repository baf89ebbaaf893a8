// The button that changes between light and dark.

import { h, icon, replace } from "./dom.js";

const system = matchMedia("(prefers-color-scheme: dark)");

export function themeButton() {
  const root = document.documentElement;
  const node = h("button", { type: "button", class: "button quiet icon" });
  const draw = () => {
    const dark = root.dataset.theme === "dark";
    node.setAttribute("aria-label", dark ? "Use the light theme" : "Use the dark theme");
    replace(node, icon(dark ? "sun" : "moon"));
  };
  node.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* it lasts as long as the page */ }
    draw();
  });
  system.addEventListener("change", draw); // after the script in the head
  draw();
  return node;
}
