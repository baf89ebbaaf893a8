// What a response must contain: paths, and their types.

/** Fields maps a path to a type. In a path "[]" is every element, "*" every value of an object, and a "?" at the end
 * says that the field may be left out. A type is a list of names with "|" between: string, text (not empty), number,
 * integer, boolean, object, array, list (not empty), time (ISO 8601), null, or a literal in quotes. */
export type Fields = Record<string, string>;

export interface Mismatch {
  field: string;
  expected: string;
  got: string;
}

const absent = Symbol("absent");

/** checkFields returns the mismatches, and calls seen with each field that has a value. */
export function checkFields(body: unknown, fields: Fields, seen: (field: string) => void): Mismatch[] {
  const wrong: Mismatch[] = [];
  for (const [field, expected] of Object.entries(fields)) {
    const optional = field.endsWith("?");
    for (const value of find(body, field.replace(/\?$/, "").split("."))) {
      if (value === absent && optional) continue;
      if (value !== absent) seen(field);
      if (value === absent || !expected.split("|").some((type) => is(value, type.trim()))) {
        wrong.push({ field, expected, got: value === absent ? "nothing" : shown(value) });
        break;
      }
    }
  }
  return wrong;
}

/** find yields every value at the path, nothing below null: whether null is allowed is checked at the field itself. */
function* find(value: unknown, path: string[]): Generator<unknown> {
  const [head, ...rest] = path;
  if (head === undefined || value === absent) yield value;
  else if (value === null) return;
  else if (head === "*") for (const inner of Object.values(value as object)) yield* find(inner, rest);
  else if (head.endsWith("[]")) {
    for (const list of head === "[]" ? [value] : find(value, [head.slice(0, -2)])) {
      if (Array.isArray(list)) for (const inner of list) yield* find(inner, rest);
      else if (list !== null) yield absent;
    }
  } else if (typeof value === "object" && Object.hasOwn(value, head)) yield* find((value as any)[head], rest);
  else yield absent;
}

const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const tests: Record<string, (value: any) => boolean> = {
  string: (v) => typeof v === "string",
  text: (v) => typeof v === "string" && v !== "",
  number: (v) => typeof v === "number",
  integer: (v) => Number.isInteger(v),
  boolean: (v) => typeof v === "boolean",
  object: (v) => typeof v === "object" && v !== null && !Array.isArray(v),
  array: (v) => Array.isArray(v),
  list: (v) => Array.isArray(v) && v.length > 0,
  time: (v) => typeof v === "string" && isTime.test(v),
  null: (v) => v === null,
};

function is(value: unknown, type: string): boolean {
  if (type.startsWith("'")) return String(value) === type.slice(1, -1);
  const test = tests[type];
  if (!test) throw new Error(`calls.json names the type ${type}, which does not exist`);
  return test(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? text.slice(0, 77) + "..." : text;
}
