// What fires now, and what to look at when it does.

import { badge, notice } from "../controls.js";
import { h } from "../dom.js";
import { failed } from "./failures.js";
import { panelOf } from "./grafana.js";
import { ago, empty, panel, words } from "./panel.js";
import { queues } from "./queues.js";
import { at } from "./routes.js";
import { get } from "./session.js";
import { fact } from "./user.js";
import { jobs, workers } from "./work.js";

const sources = { prometheus: "Read from Prometheus.", database: "Read from the database, which knows some of the alerts only; Prometheus knows all." };
const kindOf = (alert) => (alert.state === "pending" ? "" : alert.severity === "critical" ? "bad" : "warn");
const stateOf = (alert) => (alert.state === "pending" ? "May fire" : words(alert.severity));

/** alerts is the strip of what fires. */
export const alerts = () => panel({
  id: "alerts", title: "Alerts", whole: true, text: "What fires now. Open one for its cause, its runbook, and what it is about.",
  load: () => get("/alerts"),
  draw: (data) => [
    data.problem && notice("warn", null, data.problem),
    data.alerts.length === 0 ? notice("good", "Nothing fires.", null) : h("ul", { class: "ops-alerts" }, data.alerts.map((alert) => h("li", { class: kindOf(alert) },
      h("a", { href: at.alert(alert.name, alert.labels) }, badge(stateOf(alert), kindOf(alert)), h("b", {}, alert.name), h("span", {}, alert.summary),
        alert.since && h("small", { class: "muted" }, ago(alert.since)))))),
    h("p", { class: "muted small" }, sources[data.source], data.source === "database" && ` It can tell ${data.known.join(", ")}.`),
  ],
});

/** alertAbout says what is known of one alert. */
export const alertAbout = (name, labels) => panel({
  id: "alert", title: "What it means", whole: true,
  load: () => get("/alerts"),
  draw(data) {
    const same = data.alerts.filter((alert) => alert.name === name && [...labels].every(([key, value]) => alert.labels[key] === value));
    const shown = same.map((alert) => h("div", { class: "stack" },
      notice(kindOf(alert), alert.summary, alert.description),
      h("dl", { class: "ops-facts" }, fact("State", badge(stateOf(alert), kindOf(alert))), fact("Since", alert.since ? ago(alert.since) : "not known"),
        Object.entries(alert.labels).map(([key, value]) => fact(words(key), value))),
      h("div", { class: "row" }, alert.runbook_url && h("a", { class: "button primary", href: alert.runbook_url, rel: "noreferrer" }, "Runbook"),
        data.grafana_url && h("a", { class: "button", href: panelOf(data.grafana_url, name), rel: "noreferrer" }, "Grafana panel"))));
    return shown.length === 0 ? empty("It does not fire now.") : shown;
  },
});

const onlyThese = (labels, ...names) => Object.fromEntries(names.filter((name) => labels.has(name)).map((name) => [name, labels.get(name)]));
const waiting = () => [queues(), jobs(), workers()];
const evidenceOf = {
  JobsDead: (labels) => [failed({ ...onlyThese(labels, "kind", "code"), ours: "true" }, 20)],
  StepsFailing: (labels) => [failed(onlyThese(labels, "step"), 20)],
  JobsWithoutSuccess: (labels) => [failed(onlyThese(labels, "kind"), 20), jobs()],
  AnalysesBurnFast: () => [failed({ kind: "website_analysis" }, 20), ...waiting()],
  AnalysesBurnSlow: () => [failed({ kind: "website_analysis" }, 20), ...waiting()],
  QueueOld: waiting, BulkQueueOld: waiting, StartsBurnFast: waiting, StartsBurnSlow: waiting, WorkerAbsent: waiting, WorkersLost: waiting,
  WatcherAbsent: () => [workers()], VersionsMixed: () => [workers()], DoctorStalled: () => [jobs(), workers()],
};

/** evidence returns the panels of what an alert is about. */
export const evidence = (name, labels) => evidenceOf[name]?.(labels) ?? [];
