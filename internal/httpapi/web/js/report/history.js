// The versions of the personas or of an analysis, what changed, and how one comes back.

import { get, post } from "../api.js";
import { badge, button, guarded } from "../controls.js";
import { announce, h, replace } from "../dom.js";

const origins = { generated: "Generated", edited: "Edited by you", restored: "Restored" };
const states = { current: ["Current", "good"], proposed: ["Waits for you", "accent"], declined: ["Not taken", ""] };

/** history shows the versions at a path; restored is called after one came back. */
export async function history(path, restored) {
  const { versions } = await get(path);
  const current = versions.find((one) => one.status === "current"), place = h("div", { "aria-live": "polite" });
  return h("section", { class: "card panel history", "aria-label": "History" },
    h("header", {}, h("h3", {}, "History"), versions.length < 2 && h("p", {}, "There is one version. What you change or have made again is kept beside it.")), place,
    h("ul", { class: "versions" }, versions.map((one) => row(path, one, current, place, restored))));
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
  const act = one.status === "proposed" ? "Accept" : "Restore";
  return h("li", {}, h("div", { class: "grow" }, h("b", {}, `Version ${one.version}`), " ", state && badge(...state),
    h("p", { class: "small muted" }, `${origins[one.origin]}${from}, ${new Date(one.made_at).toLocaleString()}`)),
    one !== current && h("div", { class: "row" }, named("Compare", one, compare), named(act, one, restore)));
}

// named is a short button that a screen reader tells from those of the other versions.
function named(label, one, action) {
  const node = button(label, action, "small");
  node.setAttribute("aria-label", `${label} version ${one.version}`);
  return node;
}

const plain = (value) => Array.isArray(value) && value.every((one) => typeof one === "string");
const shown = (value) => (typeof value === "string" ? value : plain(value) ? value.join("; ") : JSON.stringify(value) ?? "");

function differences(one, current, all, left) {
  const changes = all.filter((c) => !/(^|\.)meta\b/.test(c.path)); // notes of how it was made
  return h("details", { class: "more", open: true }, h("summary", {}, `What changed from version ${one.version} to ${current.version}`),
    changes.length === 0 && h("p", {}, "Nothing."),
    h("dl", { class: "facts" }, changes.slice(0, 30).map((c) => h("div", {},
      h("dt", {}, c.path.replaceAll("_", " ").replaceAll(".", " › ")), h("dd", {}, h("del", {}, shown(c.before).slice(0, 300)), " ", h("ins", {}, shown(c.after).slice(0, 300)))))),
    changes.length + left > 30 && h("p", { class: "small muted" }, `${changes.length + left - 30} more.`));
}
