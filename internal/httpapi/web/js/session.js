// Who is signed in. The token is in a cookie that no script can read; all tabs of the browser share it and tell each
// other when it changes.

import { send } from "./http.js";

const address = "/session";
const tabs = new BroadcastChannel("onboarding.session");
let current = null; // {user, csrf_token, expires_at}

export const user = () => current?.user ?? "";

/** headers prove that a request is one of this page, and for the user whom it shows. */
export const headers = () => (current ? { "X-CSRF-Token": current.csrf_token } : {});

/** restore finds out who is signed in, for a tab that was just opened. */
export async function restore() {
  current = (await send("GET", address)).content;
  return current !== null;
}

export async function signIn(token) {
  current = (await send("POST", address, { token })).content;
  tabs.postMessage({ user: current.user });
}

/** signOut ends the session in every tab. */
export async function signOut() {
  await send("DELETE", address);
  current = null;
  tabs.postMessage({ user: "" });
}

/** forget is for a session that the server has ended. */
export const forget = () => { current = null; };

/** onOtherTab calls out when the user signs out in another tab. Another user there has this tab begin again. */
export function onOtherTab(out) {
  tabs.onmessage = ({ data }) => {
    if (data.user === user()) return;
    if (data.user !== "") location.reload();
    else out();
  };
}

/** developmentToken signs a developer in; only a local server answers. */
export const developmentToken = async (name) => (await send("POST", "/development-token", { user: name })).content.token;
