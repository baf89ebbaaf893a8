import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFields } from "./fields.ts";

/** wrong lists the fields that body does not hold as said. */
const wrong = (body: unknown, fields: Record<string, string>) => checkFields(body, fields, () => {}).map((w) => `${w.field}: ${w.got}`);

test("types", () => {
  const body = { s: "", n: 1.5, i: 2, b: false, l: [], o: {}, z: null, t: "2026-01-02T03:04:05.678Z" };
  assert.deepEqual(wrong(body, { s: "string", n: "number", i: "integer|null", b: "boolean", l: "array", o: "object", z: "string|null", t: "time", "no?": "text" }), []);
  assert.deepEqual(wrong(body, { s: "text", n: "integer", b: "'true'", l: "list", o: "array", z: "object", t: "number", no: "string" }).length, 8);
  assert.throws(() => wrong(body, { s: "strin" }), /does not exist/);
});

test("paths", () => {
  const body = { a: [{ b: 1 }, { b: "x" }, {}], m: { x: { y: 1 }, z: {} }, none: null };
  assert.deepEqual(wrong(body, { "a[].b": "integer" }), ['a[].b: "x"']);
  assert.deepEqual(wrong(body, { "a[].b": "integer|string" }), ["a[].b: nothing"]);
  assert.deepEqual(wrong(body, { "a[].b?": "integer|string" }), []);
  assert.deepEqual(wrong(body, { "m.*.y": "integer" }), ["m.*.y: nothing"]);
  assert.deepEqual(wrong(body, { "none.x": "integer" }), [], "whether null may stand there is said by none itself");
  assert.deepEqual(wrong("<html>", { a: "object" }), ["a: nothing"]);
});

test("seen are fields with a value", () => {
  const seen: string[] = [];
  checkFields({ a: 1, list: [] }, { a: "integer", "list[].b": "string", "c?": "string" }, (field) => seen.push(field));
  assert.deepEqual(seen, ["a"]);
});
