// Functions that are things of one's own: how Node's console.log shows them.
const custom = Symbol.for("nodejs.util.inspect.custom");

/** The same function, which goes by `name` and is shown as `text` says. */
export function printed<F extends (...given: never[]) => unknown>(fn: F, name: string, text: () => string): F {
  Object.defineProperty(fn, custom, { value: text, enumerable: false });
  return Object.defineProperty(fn, "name", { value: name, enumerable: true });
}
