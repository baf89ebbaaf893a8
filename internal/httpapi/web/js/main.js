// The page: signed in or not, and the tools of the bar.

import { onSignedOut, token } from "./api.js";
import { badge, button } from "./controls.js";
import { h, icon, replace } from "./dom.js";
import { showSignIn } from "./signin.js";
import { close, open, state, subscribe } from "./store.js";
import { themeButton } from "./theme-button.js";
import { showWizard } from "./wizard.js";

const main = document.getElementById("main");
const connection = h("span", {});

async function begin() {
  if (!token.get()) {
    signOut();
    return;
  }
  try {
    await open();
    tools();
    showWizard();
  } catch (problem) {
    if (problem.status === 401) return; // the sign-in is shown
    replace(main, h("div", { class: "notice bad", role: "alert" }, icon("alert"),
      h("div", {}, h("p", {}, problem.message), h("div", { class: "row" }, button("Try again", begin)))));
  }
}

function signOut(sentence = "") {
  token.clear();
  close();
  document.getElementById("rail").hidden = true;
  document.getElementById("frame").classList.remove("with-rail");
  tools();
  showSignIn(begin, sentence);
}

function tools() {
  const signedIn = token.get() !== null;
  replace(document.getElementById("tools"),
    signedIn && connection,
    signedIn && h("span", { class: "who" }, h("span", { class: "visually-hidden" }, "Signed in as "), token.user()),
    themeButton(),
    signedIn && button("Sign out", () => signOut(), "quiet"));
}

subscribe(() => {
  const [text, kind] = { live: ["Live", "good"], polling: ["Polling", "warn"] }[state.connection] ?? ["Connecting", ""];
  if (connection.textContent !== text) replace(connection, badge(text, kind));
});
onSignedOut((sentence) => signOut(sentence));
begin();
