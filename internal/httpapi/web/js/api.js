// Calling the API as the user who is signed in, with conditional reads.

import { send } from "./http.js";
import { headers } from "./session.js";

export { Problem, send } from "./http.js";

const base = "/api/onboarding";
const tags = new Map(); // what was read, by path

let signedOut = () => {};
/** onSignedOut is told when the server no longer takes the session. */
export const onSignedOut = (tell) => { signedOut = tell; };

/** forgetReads drops what was read for another user. */
export const forgetReads = () => tags.clear();

async function call(method, path, body, more = {}, timeout = undefined) {
  try {
    return await send(method, base + path, body, { ...headers(), ...more }, timeout);
  } catch (problem) {
    if (problem.code === "csrf_token") location.reload(); // another user has signed in in another tab
    if (problem.status === 401 && problem.code !== "ticket_not_accepted") signedOut(problem.message);
    throw problem;
  }
}

/** get reads; what has not changed is not sent again. */
export async function get(path, timeout) {
  const known = tags.get(path);
  const answer = await call("GET", path, undefined, known ? { "If-None-Match": known.tag } : {}, timeout);
  if (answer.status === 304) return known.content;
  if (answer.tag) tags.set(path, answer);
  return answer.content;
}

/** post changes. A request that is sent twice by a bad connection is done once. */
export async function post(path, body = {}) {
  const key = path === "/stream-ticket" ? {} : { "Idempotency-Key": newKey() };
  return (await call("POST", path, body, key)).content;
}

export const put = async (path, body) => (await call("PUT", path, body)).content;

export const remove = async (path) => (await call("DELETE", path)).content;

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
