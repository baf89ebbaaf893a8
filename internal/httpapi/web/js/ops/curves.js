// What ended and how soon work began, as curves. uPlot draws them; it is loaded when they are shown.

import { h, replace } from "../dom.js";
import { count, lasts, panel, table } from "./panel.js";
import { get } from "./session.js";

const windows = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days" };

let loading = null;
const library = () => loading ??= new Promise((resolve, reject) => {
  document.head.append(h("link", { rel: "stylesheet", href: "/uplot/uPlot.min.css" }),
    h("script", { src: "/uplot/uPlot.iife.min.js", onload: () => resolve(window.uPlot), onerror: () => { loading = null; reject(new Error("The curves could not be loaded.")); } }));
});

const ended = [["completed", "Completed", "--accent"], ["failed", "Failed: the user's or the website's", "--gold"], ["dead", "Failed: ours", "--bad"], ["stopped", "Cancelled or superseded", "--line-strong"]];
const waits = [["wait_p50", "Median", "--accent"], ["wait_p95", "95th percentile", "--gold"]];
const sum = (values) => values.reduce((all, n) => all + n, 0);

/** curves shows the window that the address names. */
export function curves(route) {
  const window = windows[route.query.get("window")] ? route.query.get("window") : "1h";
  return panel({
    id: "curves", title: "Throughput, failures and starts", whole: true,
    text: "What has ended, and how long jobs that users wait for had waited for a worker.",
    load: async () => {
      const [data] = await Promise.all([get(`/throughput?window=${window}`), library()]);
      return data;
    },
    draw: (data) => [
      h("nav", { class: "row", "aria-label": "Window" }, Object.entries(windows).map(([key, name]) => (
        h("a", { class: "button small", href: `#/?window=${key}`, "aria-current": key === window ? "true" : null }, name)))),
      h("dl", { class: "tiles" }, ended.map(([key, name]) => tile(name, count(sum(data[key])), key === "dead" && sum(data[key]) > 0)),
        tile("Worst 95th percentile of the wait", lasts(most(data.wait_p95)))),
      h("div", { class: "ops-charts" },
        chart(`Work that ended, each ${lasts(data.step_seconds)}`, data, ended, (n) => (n === null ? "–" : count(n)), true),
        chart("Wait for a worker", data, waits, (n) => lasts(n), false)),
      h("details", { class: "chart-table" }, h("summary", {}, "The same as a table"),
        table("Points", ["From", ...ended.map(([, name]) => ({ n: name })), ...waits.map(([, name]) => ({ n: `Wait: ${name.toLowerCase()}` }))], points(data))),
    ],
  });
}

const tile = (name, value, bad) => h("div", { class: bad ? "bad" : null }, h("dt", {}, name), h("dd", {}, value));
const most = (values) => values.reduce((top, n) => (n !== null && (top === null || n > top) ? n : top), null);

function points(data) {
  return data.at.map((moment, i) => ({ moment, i })).filter(({ i }) => [...ended, ...waits].some(([key]) => data[key][i])).reverse().slice(0, 60).map(({ moment, i }) => [
    new Date(moment).toLocaleString("en", { hour12: false }), ...ended.map(([key]) => ({ n: count(data[key][i]) })), ...waits.map(([key]) => ({ n: lasts(data[key][i]) })),
  ]);
}

/** chart draws series in a figure, as wide as there is place for, in the colours of the theme. */
function chart(title, data, series, shown, steps) {
  const place = h("div", { class: "ops-chart", role: "img", "aria-label": `${title}. The table below has its values.` });
  const node = h("figure", {}, h("figcaption", { class: "small" }, title), place,
    h("p", { class: "legend-line" }, series.map(([, name, colour]) => h("span", {}, h("i", { vars: { background: `var(${colour})` } }), name))));
  const draw = () => {
    const colours = getComputedStyle(document.documentElement), colour = (name) => colours.getPropertyValue(name).trim();
    const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: "12px sans-serif" };
    replace(place);
    return new window.uPlot({
      width: Math.max(place.clientWidth, 220), height: 190, legend: { show: false }, cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (_, low, high) => [0, Math.max(high ?? 0, steps ? 4 : 0.1) * 1.05] } },
      axes: [{ ...axis }, { ...axis, size: 56, values: (_, marks) => marks.map((n) => shown(n)) }],
      series: [{}, ...series.map(([, name, of]) => ({ label: name, stroke: colour(of), width: 2, spanGaps: false, points: { show: !steps, size: 5, fill: colour(of) }, paths: steps ? window.uPlot.paths.stepped({ align: 1 }) : undefined }))],
    }, [data.at.map((moment) => new Date(moment) / 1000), ...series.map(([key]) => data[key])], place);
  };
  // It is drawn when it has a width, and again when that or the theme changes.
  let width = 0, theme = "", drawn = null;
  const look = () => {
    if (!place.isConnected) { sizes.disconnect(); themes.disconnect(); drawn?.destroy(); return; }
    const now = document.documentElement.dataset.theme;
    if (place.clientWidth === width && now === theme) return;
    [width, theme] = [place.clientWidth, now];
    drawn?.destroy();
    drawn = draw();
  };
  const sizes = new ResizeObserver(look), themes = new MutationObserver(look);
  sizes.observe(place);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return node;
}
