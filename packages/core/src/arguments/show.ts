// What came, in a few words: for messages, which stay short whatever came.

const longest = 60;
const items = 4;

/**
 * A value as a message shows it: numbers and short texts as one would write them, lists and records by their first entries, arrays by type and
 * length. At most about a hundred characters; reads a handful of elements, and never throws, whatever getters or proxies do.
 */
export function show(value: unknown): string {
  try {
    return cut(text(value, 2), longest + 40);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

function text(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(cut(value, longest));
    case "bigint":
      return value < 0n ? "a negative bigint" : "a bigint"; // one of a million digits takes long to write
    case "function":
      return `a function${value.name === "" ? "" : ` "${cut(value.name, longest)}"`}`;
    case "object":
      return value === null ? "null" : object(value, depth);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function object(value: object, depth: number): string {
  if (Array.isArray(value)) return depth === 0 ? `a list of ${value.length}` : list(value, depth);
  const name = kindOf(value);
  if (name !== "Object" || depth === 0) return `${/^[AEIO]/.test(name) ? "an" : "a"} ${cut(name, longest)}${lengthOf(value)}`;
  const keys = Object.keys(value);
  return keys.length === 0
    ? "{}"
    : `{ ${keys
        .slice(0, items)
        .map((key) => cut(key, longest / 2))
        .join(", ")}${keys.length > items ? ", …" : ""} }`;
}

function list(value: readonly unknown[], depth: number): string {
  const shown = value.slice(0, items).map((each) => text(each, depth - 1));
  return `[${shown.join(", ")}${value.length > items ? `, … ${value.length} in all` : ""}]`;
}

/** "Float32Array", also of another realm; the class of anything else. */
function kindOf(value: object): string {
  const tag: unknown = Object.prototype.toString.call(value).slice(8, -1);
  if (tag !== "Object") return String(tag);
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}

function lengthOf(value: object): string {
  return ArrayBuffer.isView(value) && "length" in value ? ` of ${String(value.length)}` : "";
}

function cut(value: string, maxChars: number): string {
  return value.length > maxChars ? `${value.slice(0, maxChars)}…` : value;
}
