// What vector code is written with inside one function: locals of four lanes, and constants that are set up once per call.
import { type Code, type FunctionScope, type Local, f32x4, get, i32x4, set } from "../wasm/index.ts";

export interface Lanes {
  /** A new local of four lanes. */
  local(): Local;
  /** Locals for values that live within one scalar function: the same ones each time. */
  scratch(): Scratch;
  /** A float32 in all lanes. */
  constant(value: number): Code;
  /** An i32 in all lanes. */
  integer(value: number): Code;
  /** Sets the constants that were asked for: to be put before all code that uses them. */
  setup(): Code;
}

type Scratch = readonly [Local, Local, Local, Local, Local, Local];

export function lanesOf(scope: Pick<FunctionScope, "local">): Lanes {
  let scratch: Scratch | undefined;
  const constants = new Map<string, { readonly local: Local; readonly code: Code }>();
  const local = (): Local => scope.local("v128");
  const constant = (name: string, code: Code): Code => {
    const known = constants.get(name) ?? { local: local(), code };
    constants.set(name, known);
    return get(known.local);
  };
  return {
    local,
    scratch: () => (scratch ??= [local(), local(), local(), local(), local(), local()]),
    constant: (value) => constant(Object.is(value, -0) ? "-0" : String(value), f32x4.constant(value)),
    integer: (value) => constant(`i32 ${value}`, i32x4.constant(value)),
    setup: () => [...constants.values()].map(({ local, code }) => set(local, code)),
  };
}
