// Step 2: a website, a text or a description, and the analysis of it.

import { guarded, redrawn } from "../controls.js";
import { announce, h, replace } from "../dom.js";
import { choices, field, form, least, website } from "../form.js";
import { act, step } from "../store.js";
import { footer, workPanel } from "../work.js";
import { analysisReport } from "../report/analysis.js";
import { history } from "../report/history.js";
import { get, put } from "../api.js";
import { withValue } from "../report/edit.js";
import { fold } from "../fold.js";

const kinds = [
  { id: "website", name: "My website", text: "Up to ten pages are read." },
  { id: "text_sample", name: "A text of mine", text: "For instance a post, at least 50 characters." },
  { id: "business_description", name: "My business", text: "A few sentences, if you have no text." },
];

export function show({ go }) {
  const data = step(2).data ?? {}, trouble = h("div", {}), result = h("div", {}), body = h("div", { class: "stack" });
  const work = workPanel(2, "The analysis of your website", () => folded.open()), foot = footer(2, { go });
  const fields = inputs(data.website ?? "");
  const kind = choices({ legend: "What should be read?", name: "kind", type: "radio", options: kinds, chosen: ["website"], onchange: ([now]) => pick(now) });
  const pick = (now) => replace(body, fields[now].map((f) => f.node));
  const node = form(() => fields[kind.value()[0]], kind.node, body, trouble,
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Analyse"), h("span", { class: "small muted" }, "Takes a few seconds, up to 40 for a slow site.")));
  pick("website");
  const folded = fold("What to analyse", node.node, "Analyse something else");
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!node.valid()) return;
    const sent = Object.fromEntries(fields[kind.value()[0]].map((f) => [f.name, f.value()]).filter(([, value]) => value));
    guarded(trouble, () => act("/step/2/complete", { data: sent }), node);
  });
  let shown = "";
  async function showResult(one) {
    if (one.status === "in_progress") return; // the held result stays
    const key = one.status === "completed" || one.done ? one.submission_id ?? "held" : "";
    if (key === shown) return;
    shown = key;
    if (!key) { replace(result); return; }
    await report();
  }
  const report = () => redrawn(result, async () => {
    const one = await get("/website-analysis");
    const save = one.id && (async (path, value) => {
      announce((await put(`/style-detection/analysis/${one.id}`, withValue({}, path, value))).message);
      await report();
    });
    return analysisReport(one, save, one.id && await history(`/style-detection/analysis/${one.id}/versions`, report));
  });
  return {
    node: h("div", { class: "stack" }, folded.node, work.node, result, foot.node),
    update(one) { folded.update(one, submitted(one)); work.update(one); foot.update(one); showResult(one); },
  };
}

// submitted says in a line what is read.
const submitted = ({ data }) => data?.website || "Your text";

function inputs(address) {
  const beside = () => [
    field({ label: "Industry", name: "industry", optional: true, max: 100 }),
    field({ label: "Who reads you", name: "target_audience", optional: true, max: 500 }),
  ];
  return {
    website: [field({ label: "Address of the website", name: "website", type: "url", autocomplete: "url", value: address, placeholder: "https://example.com", max: 2048, check: website, good: "Looks like a website." })],
    text_sample: [field({ label: "Your text", name: "text_sample", long: true, max: 10000, check: least(50, "Enter a text of at least 50 characters."), good: "Long enough." }), ...beside()],
    business_description: [field({ label: "What your business does", name: "business_description", long: true, max: 1000, check: least(10, "Describe your business in at least 10 characters."), good: "Long enough." }), ...beside()],
  };
}
