// Live progress: an EventSource that goes on where it was, and polling while there is none.

import { post } from "./api.js";

const slowest = 15000;
const silence = 30000; // three heartbeats of the server: the connection is dead

/**
 * openStream follows the user's onboarding until close(). to.step and to.session get the
 * events, to.connection "live", "polling" or "offline"; to.poll reads instead while nothing
 * streams. EventSource can send no header, so each connection is opened with a ticket that
 * is good once; its own reconnect would send the used one again.
 */
export function openStream(to) {
  let source = null, last = "", failures = 0, timer = 0, polling = 0, rounds = 0, watchdog = 0, closed = false;

  async function connect() {
    if (closed) return;
    try {
      const { ticket } = await post("/stream-ticket");
      if (closed) return;
      const query = new URLSearchParams({ ticket });
      if (last) query.set("last_event_id", last);
      source = new EventSource(`/api/onboarding/events?${query}`);
      source.onopen = live;
      source.onerror = again;
      source.addEventListener("heartbeat", alive);
      source.addEventListener("step", (event) => { alive(); last = event.lastEventId || last; to.step(JSON.parse(event.data)); });
      source.addEventListener("session", (event) => {
        alive();
        const session = JSON.parse(event.data);
        last = String(session.version);
        to.session(session);
      });
    } catch {
      again();
    }
  }

  function live() {
    failures = 0;
    stopPolling();
    alive();
    to.connection("live");
  }

  // A connection that a network has lost without a word raises no error.
  function alive() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { failures++; again(); }, silence);
  }

  function again() {
    source?.close();
    source = null;
    clearTimeout(watchdog);
    if (closed) return;
    failures++;
    if (failures > 1) poll(); // one break is a restart of the server or of the network
    clearTimeout(timer);
    timer = setTimeout(connect, Math.min(slowest, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
  }

  function poll() {
    if (polling) return;
    const round = ++rounds; // one that was stopped while it waited for its answer ends
    const tick = async () => {
      let reached = true;
      try { await to.poll(); } catch (problem) { reached = problem.status !== 0; }
      if (closed || !polling || round !== rounds) return;
      to.connection(reached ? "polling" : "offline");
      polling = setTimeout(tick, to.busy() || !reached ? 1000 : 8000);
    };
    polling = setTimeout(tick, 0);
  }

  function stopPolling() {
    clearTimeout(polling);
    polling = 0;
  }

  const lost = () => { failures++; again(); };
  const back = () => { clearTimeout(timer); if (!source) connect(); };
  const leave = () => { source?.close(); source = null; clearTimeout(timer); }; // a page that was left may come back
  const heard = { offline: lost, online: back, pagehide: leave, pageshow: (event) => { if (event.persisted) back(); } };
  for (const [name, hear] of Object.entries(heard)) addEventListener(name, hear);
  connect();
  return {
    /** hurry polls at once: something has just been submitted. */
    hurry() {
      if (!polling) return;
      stopPolling();
      poll();
    },
    close() {
      closed = true;
      source?.close();
      for (const [name, hear] of Object.entries(heard)) removeEventListener(name, hear);
      for (const one of [timer, watchdog]) clearTimeout(one);
      stopPolling();
    },
  };
}
