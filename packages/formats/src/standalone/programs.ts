// Traced Programs as one WebAssembly module, as the cpu backend would run each.
import { check, lowerGraph, type Program, SluiceError } from "@sluice/core";
import { runPasses } from "@sluice/core/kit";
import { assembleAll, becomesModule, type Linked, supportsOf, timeTiling } from "@sluice/cpu/kit";
import type { TracedProgram } from "@sluice/nn/kit";

/** A Program as a function of the module. */
export interface CompiledProgram {
  readonly traced: TracedProgram;
  readonly program: Program;
  readonly linked: Linked;
}

/** As `open()` of @sluice/cpu has it unless it is told otherwise. */
const supports = supportsOf(2 ** 31);

/** Throws UNSUPPORTED for Programs with f64, naming what is f64 in all of them, and for what the backend lacks. */
export function compilePrograms<N extends string>(
  who: string,
  traced: Readonly<Partial<Record<N, TracedProgram>>>,
): { readonly wasm: Uint8Array<ArrayBuffer>; readonly programs: Readonly<Partial<Record<N, CompiledProgram>>> } {
  const lowered = Object.entries<TracedProgram>(traced as Readonly<Record<N, TracedProgram>>) // those that are there
    .map(([name, traced]) => ({ name: name as N, traced, program: lowerGraph(traced.graph, supports) }));
  checkAll(who, lowered.map(({ program }) => program)); // prettier-ignore
  const passed = lowered.map(({ name, program }) => [name, runPasses(program, [timeTiling], supports)] as const);
  const ready = Object.fromEntries(passed) as Record<N, Program>; // those
  const { bytes, linked } = assembleAll(ready);
  const programs = lowered.map(({ name, traced }) => [name, { traced, program: ready[name], linked: linked[name] }]);
  return { wasm: bytes, programs: Object.fromEntries(programs) as Partial<Record<N, CompiledProgram>> }; // likewise
}

function checkAll(who: string, programs: readonly Program[]): void {
  for (const program of programs) check(program, supports);
  const wide = programs.filter((program) => !becomesModule(program));
  if (wide.length === 0) return;
  const slots = wide.flatMap(({ name, slots }) =>
    slots.flatMap(({ name: slot, dtype }, at) => (dtype === "f64" ? [`${slot ?? at} of ${name}`] : [])),
  );
  throw new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `WebAssembly SIMD runs f32 and i32, these are f64: ${slots.join(", ")}`,
    fix: 'Save the model as f32: serialize(await model.compile({ backend, dtype: "f32" }))',
    facts: { slots },
  });
}
