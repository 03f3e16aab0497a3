// Names that go with rows, columns and classes.
import { SluiceError } from "@sluice/core";

/** Throws SHAPE_MISMATCH where there are other than `count` names. */
export function checkNames(who: string, option: string, names: readonly string[] | undefined, count: number): void {
  if (names === undefined || names.length === count) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `${option} must be ${count} names, got ${names.length}`,
    facts: { [option]: names.length, count },
  });
}
