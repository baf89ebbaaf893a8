// Charts in SVG. Each has a sentence or a table beside it that says the same in words.

import { h, s } from "../dom.js";

const number = (value) => Math.round(value).toLocaleString("en");

/** histogram draws counts over ranges, with a mark at the mean. */
export function histogram({ bins, mean, label, unit }) {
  if (!bins?.length) return h("p", { class: "muted" }, "Not measured.");
  const width = 460, height = 180, base = 148, top = 22;
  const most = Math.max(...bins.map((bin) => bin.count), 1), slot = width / bins.length;
  const name = (bin) => (bin.to === null || bin.to === undefined ? `${bin.from}+` : `${bin.from}–${bin.to}`);
  const at = position(bins, mean) * slot;
  return h("figure", { class: "chart" },
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
      s("line", { class: "axis", x1: 0, y1: base, x2: width, y2: base }),
      bins.map((bin, i) => {
        const size = Math.max(bin.count ? 2 : 0, (bin.count / most) * (base - top - 14)), x = i * slot + slot * 0.12;
        return [s("rect", { class: "bar", x, y: base - size, width: slot * 0.76, height: size, rx: 4 }),
          s("text", { class: "strong", x: x + slot * 0.38, y: base - size - 6, "text-anchor": "middle" }, bin.count || ""),
          s("text", { x: x + slot * 0.38, y: base + 18, "text-anchor": "middle" }, name(bin))];
      }),
      s("line", { class: "mark", x1: at, y1: 14, x2: at, y2: base }),
      s("text", { class: "strong", x: at < width * 0.7 ? at + 6 : at - 6, y: 12, "text-anchor": at < width * 0.7 ? "start" : "end" }, `mean ${mean.toFixed(1)}`)),
    h("details", { class: "chart-table" }, h("summary", {}, "As a table"),
      h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, unit), h("th", { scope: "col", class: "n" }, "Count"))),
        h("tbody", {}, bins.map((bin) => h("tr", {}, h("td", {}, name(bin)), h("td", { class: "n" }, number(bin.count))))))));
}

// position says in which bin, counted from the left with fractions, a value lies.
function position(bins, value) {
  const i = bins.findIndex((bin) => bin.to === null || bin.to === undefined || value < bin.to + 1);
  if (i < 0) return bins.length;
  const { from, to } = bins[i];
  return i + Math.min(1, Math.max(0, (value - from) / ((to ?? from + 10) + 1 - from)));
}

/** scale draws a value on a line of named ranges; kinds 1 to 3 go from hard to easy. */
export function scale({ value, min, max, ranges, label }) {
  const width = 460, x = (v) => ((Math.min(max, Math.max(min, v)) - min) / (max - min)) * width;
  return h("figure", { class: "chart" },
    s("svg", { viewBox: `0 0 ${width} 66`, role: "img", "aria-label": label },
      ranges.map((range) => [
        s("rect", { class: `band-${range.kind}`, x: x(range.from) + 1, y: 26, width: Math.max(0, x(range.to) - x(range.from) - 2), height: 16, rx: 4 }),
        s("text", { x: (x(range.from) + x(range.to)) / 2, y: 60, "text-anchor": "middle" }, range.name)]),
      s("path", { class: "needle", d: `M${x(value)} 28l-7-10h14z` }),
      s("text", { class: "strong", x: Math.min(width - 16, Math.max(16, x(value))), y: 13, "text-anchor": "middle" }, value.toFixed(1))));
}

/** radar draws scores of 0 to 100 around a centre. */
export function radar({ scores, label }) {
  const size = 360, centre = size / 2, radius = 104, turn = (2 * Math.PI) / scores.length;
  const at = (i, share) => [centre + Math.sin(i * turn) * radius * share, centre - Math.cos(i * turn) * radius * share];
  const ring = (share) => scores.map((_, i) => at(i, share).map((v) => v.toFixed(1)).join(",")).join(" ");
  const points = scores.map((one, i) => at(i, (one.value ?? 0) / 100));
  return h("figure", { class: "chart" },
    s("svg", { viewBox: `0 0 ${size} ${size - 60}`, role: "img", "aria-label": label },
      s("g", { transform: "translate(0 -30)" },
        [0.25, 0.5, 0.75, 1].map((share) => s("polygon", { class: "web", points: ring(share) })),
        scores.map((_, i) => { const [x, y] = at(i, 1); return s("line", { class: "web", x1: centre, y1: centre, x2: x, y2: y }); }),
        s("polygon", { class: "shape", points: points.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" ") }),
        points.map(([x, y]) => s("circle", { class: "dot", cx: x, cy: y, r: 4 })),
        scores.map((one, i) => {
          const [x, y] = at(i, 1.1), side = Math.abs(x - centre) < 8 ? "middle" : x > centre ? "start" : "end";
          const top = y < centre - 8 ? y - 14 : y > centre + 8 ? y + 10 : y - 4; // above, below, beside
          return [s("text", { x, y: top, "text-anchor": side }, one.short ?? one.name),
            s("text", { class: "strong", x, y: top + 15, "text-anchor": side }, one.value ?? "–")];
        }))));
}

/** confidence says in words what the colour shows. share is 0 to 1. */
export function confidence(share, what = "Confidence") {
  const percent = Math.round(share * 100);
  const [kind, word] = percent >= 75 ? ["good", "High"] : percent >= 45 ? ["warn", "Medium"] : ["bad", "Low"];
  return h("div", { class: `confidence ${kind}` },
    h("strong", {}, `${what}: ${word.toLowerCase()}, ${percent}%`),
    h("div", { class: "confidence-bar", "aria-hidden": "true" }, h("i", { vars: { "--value": percent } })));
}
