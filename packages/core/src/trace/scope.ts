// Where the tracer is, for error messages and slot names: "lstm.step".
import { checkFunction, checkText } from "../arguments/checks.ts";

let names: readonly string[] = [];

/** Everything that `body` traces is named `name`: errors begin with it, and slots carry it. Scopes do not nest in names: the innermost counts. */
export function scope<R>(name: string, body: () => R): R {
  checkText("scope", "name", name);
  checkFunction("scope", "body", body);
  const before = names;
  names = [...names, name];
  try {
    return body();
  } finally {
    names = before;
  }
}

/** The innermost scope, or the operation itself. */
export function who(operation: string): string {
  return names.at(-1) ?? operation;
}

/** What a value made by `operation` is called. */
export function label(operation: string): string {
  const name = names.at(-1);
  return name === undefined ? operation : `${name.split(".")[0]}.${operation}`;
}
