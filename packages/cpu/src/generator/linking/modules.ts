// Compiled modules by the structure of their Programs: a second model of the same shape compiles nothing.
import { type Program, SluiceError } from "@sluice/core";
import { keyOf, print } from "@sluice/core/kit";
import { type Assembled, type ThreadOptions, assemble } from "./assemble.ts";

export interface CompiledModule extends Omit<Assembled, "bytes"> {
  readonly module: WebAssembly.Module;
}

/** How many stay. A module of a training step is some tens of KiB. */
const maxCached = 64;
/** The latest used last. */
const cache = new Map<string, Promise<CompiledModule>>();

/** The module of a Program without f64, for one thread or several: made once per structure and process, while it is among the latest used. */
export function moduleOf(program: Program, threadOptions?: ThreadOptions): Promise<CompiledModule> {
  const key = structureOf(program, threadOptions);
  const pending = cache.get(key) ?? compile(program, threadOptions);
  cache.delete(key);
  cache.set(key, pending);
  pending.catch(() => cache.delete(key));
  if (cache.size > maxCached) cache.delete(cache.keys().next().value!);
  return pending;
}

/** What the code depends on: names, and what slots of constants hold, are not part of it; the numbers in bodies are, to the bit. */
function structureOf({ slots, steps }: Program, threadOptions: ThreadOptions | undefined): string {
  return keyOf([
    threadOptions?.pages,
    slots.map(({ dtype, length, binding, data }) => [dtype, length, binding, data !== undefined]),
    steps,
  ]);
}

async function compile(program: Program, threadOptions: ThreadOptions | undefined): Promise<CompiledModule> {
  const { bytes, ...rest } = assemble(program, threadOptions);
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
