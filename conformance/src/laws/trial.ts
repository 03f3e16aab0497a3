// One Program compiled on one backend, run on data, and judged by its budget.
import type { Backend, Executable, Program, Supports, TypedArray } from "@sluice/core";
import { print, slotName } from "@sluice/core/kit";
import { type Contents, budget } from "../budget.ts";

/** A compiled Program with buffers for its bindings. */
export interface Trial {
  readonly program: Program;
  /** Writes all bindings, runs, and reads all bindings. */
  run(contents: readonly TypedArray[]): Promise<TypedArray[]>;
  /** Throws, naming slot, element and numbers, where what came back is outside the budget. */
  judge(contents: readonly TypedArray[], got: readonly TypedArray[]): void;
  readonly buffers: readonly unknown[];
  readonly executable: Executable<unknown>;
  destroy(): void;
}

export async function trialOf(backend: Backend, program: Program): Promise<Trial> {
  const slots = boundSlots(program);
  const executable = await backend.compile(program);
  const buffers = slots.map(({ dtype, length }) => backend.create(dtype, length));
  return {
    program,
    buffers,
    executable,
    async run(contents) {
      contents.forEach((data, at) => backend.write(buffers[at], data));
      executable.run(buffers);
      return Promise.all(buffers.map((buffer) => backend.read(buffer)));
    },
    judge: (contents, got) => judge(program, backend.supports, contents, got),
    destroy() {
      executable.destroy();
      for (const buffer of buffers) backend.destroy(buffer);
    },
  };
}

/** Throws where `got`, the bindings after one run from `contents`, is outside the budget. */
export function judge(program: Program, supports: Supports, contents: readonly TypedArray[], got: readonly TypedArray[]): void {
  const expected = budget(program, supports, contents);
  program.slots.forEach(({ binding }, slot) => {
    if (binding === undefined) return;
    const where = expected[slot]!.values.findIndex((_, i) => !fits(expected[slot]!, i, got[binding]![i]!));
    if (where < 0) return;
    const { values, errors } = expected[slot]!;
    throw new Error(
      `${slotName(program, slot)}[${where}] should be ${values[where]} ± ${errors[where]}, got ${got[binding]![where]}\n${print(program)}`,
    );
  });
}

function fits({ values, errors }: Contents, at: number, got: number): boolean {
  const [value, error] = [values[at]!, errors[at]!];
  if (error === Infinity) return true;
  if (!Number.isFinite(value)) return Object.is(got, value);
  return Math.abs(got - value) <= error;
}

function boundSlots(program: Program): Program["slots"][number][] {
  return program.slots.filter(({ binding }) => binding !== undefined).sort((x, y) => x.binding! - y.binding!);
}
