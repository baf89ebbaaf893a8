// The page: signed in or not, and the tools of the bar.

import { forgetReads, onSignedOut } from "./api.js";
import { badge, button, notice } from "./controls.js";
import { h, icon, replace } from "./dom.js";
import { forget, onOtherTab, restore, signOut, user } from "./session.js";
import { showSignIn } from "./signin.js";
import { close, open, state, subscribe } from "./store.js";
import { themeButton } from "./theme-button.js";
import { showWizard } from "./wizard.js";

const main = document.getElementById("main");
const connection = h("span", {});

async function begin() {
  try {
    if (user() === "" && !await restore()) {
      leave();
      return;
    }
    await open();
    tools();
    showWizard();
  } catch (problem) {
    if (problem.status === 401) return; // the sign-in is shown
    replace(main, h("div", { class: "notice bad", role: "alert" }, icon("alert"),
      h("div", {}, h("p", {}, problem.message), h("div", { class: "row" }, button("Try again", begin)))));
  }
}

// leave shows the sign-in, with the reason if the user did not ask for it.
function leave(sentence = "") {
  forget();
  forgetReads();
  close();
  document.getElementById("rail").hidden = true;
  document.getElementById("frame").classList.remove("with-rail");
  tools();
  showSignIn(begin, sentence);
}

async function leaveAsked() {
  try {
    await signOut();
    leave();
  } catch (problem) {
    main.prepend(notice("bad", "You are still signed in.", problem.message));
  }
}

function tools() {
  const signedIn = user() !== "";
  replace(document.getElementById("tools"),
    signedIn && connection,
    signedIn && h("span", { class: "who" }, h("span", { class: "visually-hidden" }, "Signed in as "), user()),
    themeButton(),
    signedIn && button("Sign out", leaveAsked, "quiet"));
}

const connections = {
  live: ["Live", "good", "live", "Changes are shown at once."],
  polling: ["Polling", "warn", "polling", "Live progress is not available; the page asks every few seconds."],
  offline: ["Offline", "bad", "alert", "The server can't be reached. What is shown may be out of date."],
};

subscribe(() => {
  const [text, kind, mark, meaning] = connections[state.connection] ?? ["Connecting", "", "dots", ""];
  if (connection.dataset.state === text) return;
  connection.dataset.state = text;
  replace(connection, badge(text, kind, mark));
  connection.title = meaning;
});
onSignedOut((sentence) => leave(sentence));
onOtherTab(() => leave("You signed out in another tab."));
begin();
