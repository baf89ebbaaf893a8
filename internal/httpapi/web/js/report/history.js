// The versions of the personas or of an analysis, what changed, and how one comes back.

import { get, post } from "../api.js";
import { badge, button, guarded } from "../controls.js";
import { announce, h, replace } from "../dom.js";

const origins = { generated: "Generated", edited: "Edited by you", restored: "Restored" };
const states = { current: ["Current", "good"], proposed: ["Waits for you", "accent"], declined: ["Not taken", ""] };

/** history shows the versions at a path, nothing while there is only one; restored is called after one came back. */
export async function history(path, restored) {
  const { versions } = await get(path);
  if (versions.length < 2) return null;
  const current = versions.find((one) => one.status === "current"), place = h("div", { "aria-live": "polite" });
  return h("section", { class: "card panel wide history", "aria-label": "History" },
    h("header", {}, h("h3", {}, "History")), place,
    h("ul", { class: "bullets" }, versions.map((one) => row(path, one, current, place, restored))));
}

function row(path, one, current, place, restored) {
  const from = one.restored_from ? ` from version ${one.restored_from}` : "";
  const restore = () => guarded(place, async () => {
    const done = await post(`${path}/${one.version}/restore`);
    announce(done.message);
    await restored();
  });
  const compare = () => guarded(place, async () => {
    const { changes, left_out: left } = await get(`${path}/${one.version}/compare/${current.version}`);
    replace(place, differences(one, current, changes, left));
  });
  const state = states[one.status];
  return h("li", {}, h("p", {}, `Version ${one.version}: ${origins[one.origin]}${from}, ${new Date(one.made_at).toLocaleString()} `, state && badge(...state)),
    one !== current && h("div", { class: "row" }, button(`Compare version ${one.version}`, compare),
      button(`${one.status === "proposed" ? "Accept" : "Restore"} version ${one.version}`, restore)));
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value) ?? "");

function differences(one, current, changes, left) {
  return h("details", { class: "more", open: true }, h("summary", {}, `What changed from version ${one.version} to ${current.version}`),
    changes.length === 0 && h("p", {}, "Nothing."),
    h("dl", { class: "facts" }, changes.slice(0, 30).flatMap((c) => [
      h("dt", {}, c.path.replaceAll("_", " ")), h("dd", {}, h("del", {}, shown(c.before).slice(0, 300)), " ", h("ins", {}, shown(c.after).slice(0, 300))),
    ])),
    changes.length + left > 30 && h("p", { class: "small muted" }, `${changes.length + left - 30} more.`));
}
