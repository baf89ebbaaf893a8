// Building nodes. Text is always set as text: nothing here, or elsewhere in the page,
// parses HTML out of data.

const SVG = "http://www.w3.org/2000/svg";

/** h makes an element. Props that begin with "on" are listeners, style properties stand
 * in vars (CSSOM, so that the content policy needs no inline style). */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** s makes an SVG element. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else if (name === "value" && "value" in node) node.value = value;
    else if (name === "checked") node.checked = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** replace puts children in the place of all that node holds. */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

const paths = {
  check: "M5 12.5l4.5 4.500L19 7.5",
  skip: "M6 12h12",
  alert: "M12 7v6M12 16.800v.2M12 3l9.5 17h-19z",
  info: "M12 11v6M12 7.200v.2M3 12a9 9 0 1018 0 9 9 0 10-18 0",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.500M17.5 17.500L19 19M5 19l1.5-1.500M17.5 6.500L19 5",
  moon: "M20 14.500A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.500z",
  arrow: "M5 12h13M13 6.500l5.500 5.500-5.500 5.500",
  pencil: "M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19z",
  live: "M12 12h.01M8 16a5.700 5.700 0 010-8M16 8a5.700 5.700 0 010 8M5 19a10 10 0 010-14M19 5a10 10 0 010 14",
  polling: "M20 12a8 8 0 11-2.500-5.800M18 2.500v4h-4",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
};

/** icon is decoration: what it means stands in words beside it. */
export function icon(name) {
  return s("svg", {
    viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 2,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  }, s("path", { d: paths[name] }));
}

/** announce has a screen reader say a sentence when it has time. */
export function announce(sentence) {
  const region = document.getElementById("announcer");
  if (region.textContent !== sentence) region.textContent = sentence;
}

let ids = 0;
/** uid is an id that no other element of the page has. */
export const uid = (prefix) => `${prefix}-${++ids}`;
