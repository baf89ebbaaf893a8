// Step 1: the API keys of providers, or none.

import { get, post, remove } from "../api.js";
import { badge, button, guarded, notice } from "../controls.js";
import { announce, h, replace, uid } from "../dom.js";
import { field, form, keyFormat } from "../form.js";
import { refresh, state } from "../store.js";
import { footer } from "../work.js";

export function show({ go }) {
  const list = h("div", { class: "stack-s" }), trouble = h("div", {});
  const load = () => guarded(trouble, async () => draw(list, trouble, (await get("/api-keys")).keys, load));
  const foot = footer(1, { go, skippable: true });
  load();
  return {
    node: h("div", { class: "stack" },
      notice("info", "No key is needed.", "Everything works without one. With the key of a language model provider, a model completes what was measured."),
      h("section", { class: "card stack", "aria-label": "Store a key" }, keyForm(load)),
      list, trouble, foot.node),
    update: foot.update,
  };
}

function keyForm(load) {
  const providers = state.config.providers, id = uid("provider"), trouble = h("div", {});
  const current = () => providers.find((one) => one.provider === select.value);
  const select = h("select", { id, class: "input", onchange: () => build() }, [["Language models", true], ["Research and media", false]].map(([label, model]) =>
    h("optgroup", { label }, providers.filter((one) => one.language_model === model).map((one) => h("option", { value: one.provider }, one.name)))));
  const body = h("div", { class: "stack" });
  let fields = [];
  function build() {
    const one = current(), compatible = one.provider === "openai_compatible";
    fields = [
      compatible && field({ label: "Address of the server", name: "base_url", placeholder: "https://models.example.com/v1", check: (v) => (/^(https:\/\/|http:\/\/(localhost|127\.|\[::1\]))\S+$/.test(v) ? "" : "Enter an address that starts with https://.") }),
      field({ label: "API key", name: "api_key", type: "password", hint: `Looks like: ${one.key_format}.`, check: keyFormat(one), good: "Looks right." }),
      one.language_model && field({ label: "Model", name: "model", optional: true, max: 200, hint: "Empty for the provider's default." }),
    ].filter(Boolean);
    replace(body, fields.map((f) => f.node));
  }
  const node = form(() => fields, h("h2", {}, "Store a key"),
    h("div", { class: "field" }, h("label", { for: id }, "Provider"), select), body, trouble,
    h("div", { class: "row" }, h("button", { class: "button primary" }, "Store the key"), h("span", { class: "small muted" }, "Encrypted before it is stored, never shown again.")));
  build();
  node.node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!node.valid()) return;
    guarded(trouble, async () => {
      const sent = Object.fromEntries(fields.map((f) => [f.name, f.value()]).filter(([, value]) => value));
      const answer = await post("/api-keys", { provider: select.value, ...sent });
      build();
      announce(answer.message);
      replace(trouble, notice("good", null, [answer.message, ...answer.warnings].join(" ")));
      await Promise.all([load(), refresh()]);
    }, node);
  });
  return node.node;
}

const verdicts = { valid: ["Works", "good"], refused: ["Refused by the provider", "bad"], unknown: ["Could not be checked", "warn"], unchecked: ["Not checked yet", ""] };

function draw(list, trouble, keys, load) {
  if (keys.length === 0) return replace(list);
  const check = () => guarded(trouble, async () => { await post("/api-keys/validate"); await load(); });
  const drop = (key) => () => guarded(trouble, async () => {
    announce((await remove(`/api-keys/${key.provider}`)).message);
    await Promise.all([load(), refresh()]);
  });
  return replace(list, h("div", { class: "row between" }, h("h2", {}, "Stored keys"), button("Check them", check)),
    h("ul", { class: "keys" }, keys.map((key) => h("li", {},
      h("strong", { class: "grow" }, key.name, " ", h("code", { class: "muted" }, key.value)),
      badge(...verdicts[key.status]), button(["Remove", h("span", { class: "visually-hidden" }, ` the key of ${key.name}`)], drop(key), "quiet")))));
}
