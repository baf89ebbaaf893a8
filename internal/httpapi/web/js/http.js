// One request, and what went wrong with it.

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

const patience = 20000; // ms; nothing that the page calls takes longer

/** send makes one request; what is no good answer is thrown as a Problem, status 0 if there is none. */
export async function send(method, address, body, headers = {}, timeout = patience) {
  let answer, text;
  try {
    answer = await fetch(address, {
      method, cache: "no-store", signal: AbortSignal.timeout(timeout),
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status === 304) return { status: 304 };
    text = await answer.text();
  } catch {
    throw new Problem(0, { code: "offline", detail: "The server can't be reached. Check your connection and try again." });
  }
  let content = null;
  try { content = text ? JSON.parse(text) : null; } catch { /* not ours: a proxy's */ }
  if (!answer.ok) throw new Problem(answer.status, content);
  return { status: answer.status, content, tag: answer.headers.get("ETag") };
}
