// Fields that say as one types whether they are all right.

import { h, replace, uid } from "./dom.js";

const patience = 500; // ms after the last key before something unfinished is called wrong

/**
 * field makes an input with its label, hint, counter and verdict. check(value) returns a
 * sentence that says what is wrong, "" when nothing is.
 */
export function field({ label, hint = "", name, type = "text", max, value = "", placeholder, optional, long, check = () => "", autocomplete = "off", good = "" }) {
  const id = uid("field"), note = h("span", { class: "field-note", id: `${id}-note`, "aria-live": "polite" });
  const counter = max && long ? h("span", { class: "counter" }) : null;
  const input = h(long ? "textarea" : "input", {
    id, name, class: "input", value, placeholder, autocomplete, spellcheck: "false",
    ...(long ? {} : { type }), "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-note`,
    ...(optional ? {} : { "aria-required": "true" }),
  });
  let timer = 0;
  const say = (sentence, state) => {
    replace(note, sentence);
    note.dataset.state = state;
    input.setAttribute("aria-invalid", String(state === "bad"));
  };
  const verdict = () => {
    const typed = input.value.trim();
    if (optional && typed === "") return "";
    if (max && [...typed].length > max) return `At most ${max.toLocaleString("en")} characters; remove ${([...typed].length - max).toLocaleString("en")}.`;
    return check(typed);
  };
  const judge = () => {
    const wrong = verdict();
    say(wrong || (input.value.trim() && good), wrong ? "bad" : "good");
    return wrong === "";
  };
  const typed = () => {
    if (counter) counter.textContent = `${[...input.value.trim()].length.toLocaleString("en")} / ${max.toLocaleString("en")}`;
    clearTimeout(timer);
    if (verdict() === "") judge();
    else timer = setTimeout(judge, patience);
  };
  input.addEventListener("input", typed);
  input.addEventListener("blur", () => { if (input.value.trim()) judge(); });
  if (counter) counter.textContent = `${[...value].length.toLocaleString("en")} / ${max.toLocaleString("en")}`;
  const node = h("div", { class: "field" },
    h("label", { for: id }, label, optional && h("span", { class: "opt" }, " (optional)")),
    hint && h("span", { class: "hint", id: `${id}-hint` }, hint),
    input, h("div", { class: "field-foot" }, note, counter));
  return { node, input, name, judge, refuse: (sentence) => say(sentence, "bad"), value: () => input.value.trim() };
}

/**
 * form ties fields to a submit. refuse(problem) puts what the server says of a field
 * beside it, and returns whether it found the place.
 */
export function form(fields, ...children) {
  const node = h("form", { class: "stack", novalidate: true }, ...children);
  const shown = () => fields().filter((one) => one.node.isConnected && !one.node.closest("[hidden]"));
  return {
    node,
    valid() {
      const wrong = shown().filter((one) => !one.judge());
      wrong[0]?.input.focus();
      return wrong.length === 0;
    },
    refuse(problem) {
      let found = null;
      for (const { field: path, reason } of problem.fields ?? []) {
        const one = shown().find((candidate) => path === candidate.name || path.endsWith(`.${candidate.name}`));
        one?.refuse(reason);
        found ??= one;
      }
      found?.input.focus();
      return found !== null && found !== undefined;
    },
  };
}

/** choices is a group of radios or checkboxes shown as cards. */
export function choices({ legend, name, type, options, chosen, onchange }) {
  const inputs = options.map((option) => h("input", {
    type, name, value: option.id, checked: chosen.includes(option.id), onchange: () => onchange?.(value()),
  }));
  const value = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const node = h("fieldset", { class: "stack-s" }, h("legend", { class: "legend" }, legend),
    h("div", { class: "choices" }, options.map((option, i) => h("label", { class: "choice" }, inputs[i],
      h("span", {}, h("b", {}, option.name), option.text && h("small", {}, option.text))))));
  return { node, inputs, value };
}

/** website says what is wrong with an address, as the server would. */
export function website(value) {
  if (value === "") return "Enter the address of your website, for example https://example.com.";
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase();
  const withScheme = /^https?:\/\//i.test(value) ? value : `https://${value}`;
  if (scheme && scheme !== "http" && scheme !== "https" && !/^[^/]+:\d+(\/|$)/.test(value)) return "Only http and https addresses can be read.";
  let address;
  try { address = new URL(withScheme); } catch { return "This is not the address of a website yet. Enter one like https://example.com."; }
  if (address.username || address.password) return "Enter the address without a user name and password.";
  if (!address.hostname.includes(".") && address.hostname !== "localhost" && !address.hostname.startsWith("[")) return "This is not the address of a website yet. Enter one like https://example.com.";
  return /\s/.test(value) ? "An address contains no spaces." : "";
}

/** least asks for a number of characters. */
export const least = (min, what) => (value) => {
  const length = [...value].length;
  if (length === 0) return what;
  return length < min ? `${min - length} more character${min - length === 1 ? "" : "s"} needed.` : "";
};

/** keyFormat makes the check of a key out of the format that the server tells people. */
export const keyFormat = (provider) => (value) => {
  if (value === "") return `Enter the API key of ${provider.name}.`;
  if (/\s/.test(value)) return "A key contains no spaces.";
  const [, prefix = "", more] = /^(?:(\S+) and )?at least (\d+)/.exec(provider.key_format) ?? [];
  const wrong = !value.startsWith(prefix) || [...value].length < prefix.length + Number(more ?? 1);
  const uuid = provider.key_format === "a UUID" && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  return wrong || uuid ? `Not a key of ${provider.name} yet: ${provider.key_format}.` : "";
};
