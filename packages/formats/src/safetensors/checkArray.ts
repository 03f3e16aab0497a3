// What JavaScript callers may hand over as an array, or have transferred by now.
import type { HostArray } from "@sluice/core";
import { refused, show } from "@sluice/core/arguments";

const kinds: Readonly<Record<string, string>> = { f32: "Float32Array", f64: "Float64Array", i32: "Int32Array" };

/** Throws INVALID_ARGUMENT, naming it, for what is no array, and for one whose data are of another dtype or not as many as its shape says. */
export function checkArray(who: string, name: string, array: unknown): asserts array is HostArray {
  const { dtype, shape, data } = (isRecord(array) ? array : {}) as { readonly [K in keyof HostArray]?: unknown }; // whatever it has
  const kind = typeof dtype === "string" && Object.hasOwn(kinds, dtype) ? kinds[dtype] : undefined;
  if (kind === undefined || !Array.isArray(shape) || Object.prototype.toString.call(data) !== `[object ${kind}]`)
    throw refused(who, `array ${show(name)}`, array, "{ dtype, shape, data } with data of that dtype");
  const wanted = shape.reduce((product: number, n: unknown) => product * Number(n), 1),
    { length } = data as HostArray["data"]; // as was just seen
  if (wanted !== length || !shape.every((n) => Number.isSafeInteger(n) && Number(n) >= 0))
    throw refused(who, `array ${show(name)} [${shape.join(", ")}]`, length, `${wanted} elements`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
