// What the page knows of the user's onboarding, and who wants to hear of changes.

import { get, post } from "./api.js";
import { openStream } from "./stream.js";

const listeners = new Set();
let stream = null;
let loading = null, next = null;

export const state = {
  config: null,
  progress: null, // GET /progress: where the user stands, with the six steps
  connection: "connecting", // live | polling | offline | connecting
  logs: {}, // by submission: the messages that were seen, with their times
};

/** subscribe calls listener after each change until the returned function is called. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const changed = () => listeners.forEach((listener) => listener());

export const step = (n) => state.progress.steps[n - 1];
export const running = () => state.progress?.steps.some((one) => one.status === "in_progress") ?? false;

/**
 * refresh reads everything again. The answer to a request that is under way may be older
 * than what made a caller ask: all who ask meanwhile share one more.
 */
export function refresh() {
  if (loading) return (next ??= loading.catch(() => {}).then(() => { next = null; return refresh(); }));
  loading = get("/progress", 8000).then((progress) => {
    state.progress = progress;
    progress.steps.forEach(note);
    changed();
  }).finally(() => { loading = null; });
  return loading;
}

/** open loads everything and follows it until close. */
export async function open() {
  state.config ??= await get("/config");
  await refresh();
  stream = openStream({
    step: (event) => {
      const one = step(event.step);
      const ended = event.status !== "in_progress";
      Object.assign(one, {
        status: event.status, progress: event.progress, phase: event.phase,
        message: event.message, submission_id: event.submission_id,
      });
      one.error = event.error;
      note(one);
      changed();
      if (ended) refresh().catch(() => {});
    },
    session: (event) => {
      const known = state.progress;
      const moved = known.completion_percentage !== event.completion_percentage || known.is_completed !== event.is_completed;
      if (moved) refresh().catch(() => {});
    },
    connection: (kind) => { state.connection = kind; changed(); },
    poll: () => refresh(),
    busy: running,
  });
}

export function close() {
  stream?.close();
  stream = null;
  state.progress = null;
  state.logs = {};
}

/** act posts something about a step and reads what came of it. */
export async function act(path, body) {
  const answer = await post(path, body);
  await refresh();
  stream?.hurry();
  return answer;
}

function note(one) {
  if (one.status !== "in_progress" || !one.message) return;
  const log = (state.logs[one.submission_id] ??= []);
  if (log.at(-1)?.message !== one.message) log.push({ message: one.message, at: new Date() });
}
