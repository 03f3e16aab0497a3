// Is it a tensor? Half the callers write JavaScript, where an array or a number slips in.
import { checkBoolean, record } from "../arguments/checks.ts";
import { show } from "../arguments/show.ts";
import { SluiceError } from "../errors.ts";
import { who } from "./scope.ts";
import { isTensor, type Tensor } from "./tensor.ts";

/** Throws INVALID_ARGUMENT for anything that is no tensor; `name` is what the operation calls it. */
export function checkTensor(operation: string, value: unknown, name = "x"): asserts value is Tensor {
  if (isTensor(value)) return;
  const isPromise = value instanceof Promise;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(operation),
    what: `${operation} takes tensors, got ${show(value)} as ${name}`,
    fix: isPromise ? "Await it first" : "Pass the array as an argument of the traced function, or make it a literal(…)",
    facts: { argument: name },
  });
}

/** Several of them by name; those that are undefined may be left out. */
export function checkTensors(operation: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) if (value !== undefined) checkTensor(operation, value, name);
}

/** A list of tensors. */
export function checkList(operation: string, values: unknown): asserts values is readonly Tensor[] {
  if (!Array.isArray(values)) throw noList(operation, values);
  for (let i = 0; i < values.length; i++) checkTensor(operation, values[i], `number ${i} of the list`);
}

/** Options of which these are true or false. */
export function checkFlags<T extends object>(operation: string, options: T, ...names: readonly (keyof T & string)[]): T {
  record(who(operation), options);
  for (const name of names) if (options[name] !== undefined) checkBoolean(who(operation), name, options[name] as boolean);
  return options;
}

function noList(operation: string, value: unknown): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(operation),
    what: `${operation} takes a list of tensors, got ${show(value)}`,
    fix: "Write them in brackets",
  });
}
