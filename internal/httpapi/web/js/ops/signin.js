// The sign-in of operators: a token becomes a cookie.

import { guarded } from "../controls.js";
import { h, replace } from "../dom.js";
import { field, form } from "../form.js";
import { after } from "./routes.js";
import { signIn, tools } from "./session.js";

const next = after(location.hash);

const typed = field({
  label: "Token", name: "token", long: true, hint: "A JSON Web Token of an operator: one with the role admin.",
  check: (v) => (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(v) ? "" : "A token has three parts with dots between them."),
});
const trouble = h("div", { class: "trouble" });
const one = form(() => [typed], typed.node, trouble, h("button", { class: "button primary" }, "Sign in"));
one.node.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!one.valid()) return;
  guarded(trouble, async () => {
    await signIn(typed.value());
    location.assign(next);
  }, one);
});
tools(false);
replace(document.getElementById("main"), h("div", { class: "gate" },
  h("div", { class: "gate-pitch" },
    h("h1", { tabindex: "-1" }, "Operations"),
    h("p", {}, "The funnel, the queues, the failures and the audit log."),
    h("p", { class: "small" }, "You stay signed in for an hour at most, never longer than the token lasts. Every change that you make here is written to the audit log.")),
  h("section", { class: "card stack", "aria-label": "Sign in" }, one.node)));
typed.input.focus();
