// Calling the API: the token, the problems, the conditional reads.

const base = "/api/onboarding";
const tokenKey = "onboarding.token";

/** Problem is an answer that is an error: its message is a sentence for people. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || "The server did not answer as expected. Try again in a moment.");
    this.status = status;
    this.code = body?.code ?? "";
    this.fields = body?.errors ?? [];
    this.retryAfter = body?.retry_after ?? 0;
  }
}

export const token = {
  get: () => sessionStorage.getItem(tokenKey),
  set: (value) => { tags.clear(); sessionStorage.setItem(tokenKey, value); },
  clear: () => { tags.clear(); sessionStorage.removeItem(tokenKey); },
  /** user is who the token says, for display only. */
  user() {
    try {
      const part = this.get().split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
      const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes)).sub ?? "";
    } catch { return ""; }
  },
};

let signedOut = () => {};
/** onSignedOut is told when the server no longer takes the token. */
export const onSignedOut = (tell) => { signedOut = tell; };

const tags = new Map();

/** send makes one request; what is no good answer is thrown as a Problem. */
export async function send(method, address, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      method, cache: "no-store",
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, { code: "offline", detail: "The server can't be reached. Check your connection and try again." });
  }
  if (answer.status === 304) return { status: 304 };
  const text = await answer.text();
  let content = null;
  try { content = text ? JSON.parse(text) : null; } catch { /* not ours: a proxy's */ }
  if (!answer.ok) throw new Problem(answer.status, content);
  return { status: answer.status, content, tag: answer.headers.get("ETag") };
}

async function call(method, path, body, headers) {
  try {
    return await send(method, base + path, body, { Authorization: `Bearer ${token.get()}`, ...headers });
  } catch (problem) {
    if (problem.status === 401 && problem.code !== "ticket_not_accepted") signedOut(problem.message);
    throw problem;
  }
}

/** get reads; what has not changed is not sent again. */
export async function get(path) {
  const known = tags.get(path);
  const answer = await call("GET", path, undefined, known ? { "If-None-Match": known.tag } : {});
  if (answer.status === 304) return known.content;
  if (answer.tag) tags.set(path, answer);
  return answer.content;
}

/** post changes. A request that is sent twice by a bad connection is done once. */
export async function post(path, body = {}) {
  const key = path === "/stream-ticket" ? {} : { "Idempotency-Key": newKey() };
  return (await call("POST", path, body, key)).content;
}

export const remove = async (path) => (await call("DELETE", path)).content;

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** developmentToken signs a developer in; only a local server answers. */
export const developmentToken = async (user) => (await send("POST", "/development-token", { user })).content.token;
