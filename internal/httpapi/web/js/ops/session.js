// The operator's session is a cookie that no script can read: it goes along by itself.

import { send } from "../api.js";
import { button } from "../controls.js";
import { h, replace } from "../dom.js";
import { themeButton } from "../theme-button.js";

const admin = "/api/onboarding/admin";

/** call asks the admin API. Who is signed out is led to the sign-in. */
export async function call(method, path, body) {
  try {
    return (await send(method, admin + path, body, method === "POST" ? { "Idempotency-Key": crypto.randomUUID() } : {})).content;
  } catch (problem) {
    if (problem.status === 401) location.assign(`/ops/sign-in${location.hash}`); // where it goes on
    throw problem;
  }
}
export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);

export const signIn = (token) => send("POST", "/ops/sign-in", { token });

async function signOut() {
  await send("POST", "/ops/sign-out", {});
  location.assign("/ops/sign-in");
}

/** tools fills the right end of the bar. */
export function tools(signedIn) {
  replace(document.getElementById("tools"),
    signedIn && h("a", { class: "button quiet", href: "/ops/river/" }, "River UI"),
    themeButton(),
    signedIn && button("Sign out", signOut, "quiet"));
}
