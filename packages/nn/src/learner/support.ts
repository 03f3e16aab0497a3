// What a backend must be able to do for training.
import { SluiceError, type Backend } from "@sluice/core";

/** Throws UNSUPPORTED for a dtype the backend lacks. */
export function checkSupport(who: string, { name, supports }: Backend, dtype: "f32" | "f64"): void {
  if (supports.dtypes.includes(dtype)) return;
  throw new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `backend ${name} has no ${dtype}, only ${supports.dtypes.join(", ")}`,
    ...(dtype === "f64" && { fix: 'Take { dtype: "f32" }, which rounds what was saved with more' }),
    facts: { dtype, backend: name },
  });
}
