// The sign-in: a token, or on a developer's machine one click.

import { guarded, notice } from "./controls.js";
import { h, replace } from "./dom.js";
import { field, form } from "./form.js";
import { developmentToken, signIn } from "./session.js";

const development = document.body.dataset.signIn === "development";

export function showSignIn(done, sentence) {
  const card = h("section", { class: "card stack", "aria-label": "Sign in" },
    sentence && notice("warn", "You were signed out.", sentence),
    development && byName(done),
    development && h("details", { class: "more" }, h("summary", {}, "Sign in with a token instead"), byToken(done)),
    !development && byToken(done));
  replace(document.getElementById("main"), h("div", { class: "gate" }, pitch(), card));
}

function pitch() {
  return h("div", { class: "gate-pitch" },
    h("h1", { tabindex: "-1" }, "Teach it how you write."),
    h("p", {}, "Six short steps. We read and measure your website and generate personas that write in your voice on every platform."),
    h("ol", { class: "gate-list" }, [
      "Point it at your website, a text, or a few words about your business.",
      "Watch each page being read, live.",
      "Get the analysis, the personas and one document for everything else.",
    ].map((line, i) => h("li", {}, h("b", { "aria-hidden": "true" }, `${i + 1}`), h("span", {}, line)))));
}

function byName(done) {
  const user = field({ label: "Continue as", name: "user", value: "dev", max: 255, hint: "This server runs for development: any name will do.", check: (v) => (v ? "" : "Enter a name.") });
  return asForm("Sign in", [user], async () => {
    await signIn(await developmentToken(user.value()));
    await done();
  });
}

function byToken(done) {
  const typed = field({
    label: "Token", name: "token", long: true, hint: "A JSON Web Token of your identity provider.",
    check: (v) => (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(v) ? "" : "A token has three parts with dots between them."),
  });
  return asForm("Sign in with the token", [typed], async () => {
    await signIn(typed.value());
    await done();
  });
}

function asForm(label, fields, action) {
  const trouble = h("div", { class: "trouble" });
  const one = form(() => fields, fields.map((f) => f.node), trouble, h("button", { class: "button primary" }, label));
  one.node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (one.valid()) guarded(trouble, action, one);
  });
  return one.node;
}
