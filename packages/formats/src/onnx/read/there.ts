// What must be there, since it was counted or checked before: where it is not, that is a mistake of ours.
import { SluiceError } from "@sluice/core";

/** Element `index` of a list. */
export function nth<T>(list: ArrayLike<T | undefined>, index: number): T {
  const found = list[index];
  if (found === undefined) throw missing(index);
  return found;
}

/** What a record has under a name of its own. */
export function entry<T>(record: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(record, name) ? record[name] : undefined;
  if (found === undefined) throw missing(name);
  return found;
}

function missing(what: number | string): SluiceError {
  return new SluiceError({
    code: "INTERNAL",
    who: "internal: onnx",
    what: `there is no ${what}`,
    fix: "This is a bug in Sluice; please report it",
  });
}
