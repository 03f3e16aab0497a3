// Data as the caller has it, made into one array on the host.
import { hostArray as parse, SluiceError, type HostArray } from "@sluice/core";
import type { Numbers } from "./options.ts";

/** Nested numbers as one float64 array, a HostArray as it is. Throws SHAPE_MISMATCH for ragged rows or a shape that does not fit the data. */
export function hostArray(value: Numbers, who: string, name: string): HostArray {
  if (typeof value !== "object" || !("data" in value))
    return named(who, name, () => (ArrayBuffer.isView(value) ? parse(value) : parse(value, { dtype: "f64" })));
  const { shape, data } = value;
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length === size) return value;
  const what = `${name} [${shape.join(", ")}] needs ${size} elements, its data has ${data.length}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { shape, length: data.length } });
}

/** Errors of `make` begin with who asked and for what. */
function named<T>(who: string, name: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof SluiceError)) throw cause;
    throw new SluiceError({ code: cause.code, who, what: `${name}: ${cause.message}`, facts: cause.facts, cause });
  }
}
