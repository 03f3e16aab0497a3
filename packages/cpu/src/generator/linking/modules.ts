// Compiled modules by the structure of their Programs: a second model of the same shape compiles nothing.
import { type Program, SluiceError } from "@sluice/core";
import { keyOf, print } from "@sluice/core/kit";
import { type Assembled, type Shared, assemble } from "./program.ts";

export interface Compiled extends Omit<Assembled, "bytes"> {
  readonly module: WebAssembly.Module;
}

/** How many stay. A module of a training step is some tens of KiB. */
const most = 64;
/** The latest used last. */
const known = new Map<string, Promise<Compiled>>();

/** The module of a Program without f64, for one thread or several: made once per structure and process, while it is among the latest used. */
export function moduleOf(program: Program, shared?: Shared): Promise<Compiled> {
  const key = structureOf(program, shared);
  const coming = known.get(key) ?? compile(program, shared);
  known.delete(key);
  known.set(key, coming);
  coming.catch(() => known.delete(key));
  if (known.size > most) known.delete(known.keys().next().value!);
  return coming;
}

/** What the code depends on: names, and what slots of constants hold, are not part of it; the numbers in bodies are, to the bit. */
function structureOf({ slots, steps }: Program, shared: Shared | undefined): string {
  return keyOf([shared?.pages, slots.map(({ dtype, length, binding, data }) => [dtype, length, binding, data !== undefined]), steps]);
}

async function compile(program: Program, shared: Shared | undefined): Promise<Compiled> {
  const { bytes, ...rest } = assemble(program, shared);
  try {
    return { module: await WebAssembly.compile(bytes), ...rest };
  } catch (cause) {
    throw invalid(program, cause);
  }
}

/** Own bug: what was generated is no valid module. */
function invalid(program: Program, cause: unknown): SluiceError {
  return new SluiceError({
    code: "INTERNAL",
    who: `internal: cpu.compile ${program.name}`,
    what: `the module does not validate: ${cause instanceof Error ? cause.message : String(cause)}\n${print(program)}`,
    fix: "Please report this Program; open({ simd: false }) runs it meanwhile",
    facts: { program: program.name },
  });
}
