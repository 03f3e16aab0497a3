// Runs a Program one kernel at a time, scans unrolled: all a backend needs that launches single steps. It knows no kernel.
import type { Executable, Kernel, Program, Slot, Step } from "../../backend.ts";
import { SluiceError } from "../../errors.ts";

/**
 * One prepared kernel. `slots` holds the buffer of every slot of the Program, `t` the iteration of every enclosing scan,
 * outermost first. Both are reused: read them now, keep neither.
 */
export type Launch<B> = (slots: readonly B[], t: readonly number[]) => void;

export interface Stepwise<B> {
  /** What really runs, for `Executable.executor`. */
  readonly executor: string;
  readonly program: Program;
  /** Makes the buffer of the scratch or data slot at position `at`, once, now, in order. A data slot's buffer must hold `slot.data`. */
  readonly create: (slot: Slot, at: number) => B;
  /** Releases a buffer that `create` made. */
  readonly destroy: (buffer: B) => void;
  /** Prepares one kernel, once, now. */
  readonly launch: (kernel: Kernel) => Launch<B>;
  /** Called before every run, with the buffers of all slots: raise here what the bindings are not fit for. */
  readonly begin?: (slots: readonly B[]) => void;
}

/**
 * An executable that calls `launch`'s kernels in order, once per iteration of their scans.
 *
 * Allocates at compile, nothing per run or iteration. If `launch` or `create` throws, what was created is destroyed again.
 * `run` throws DISPOSED after `destroy`, INVALID_ARGUMENT for a wrong number of bindings.
 */
export function stepwise<B>({ executor, program, create, destroy, launch, begin }: Stepwise<B>): Executable<B> {
  const t = new Array<number>(depth(program.steps)).fill(0);
  const steps = prepare(program.steps, launch, t, 0);
  const own = program.slots.flatMap((slot, at) => (slot.binding === undefined ? [at] : []));
  const bound = program.slots.flatMap((slot, at) => (slot.binding === undefined ? [] : [{ at, binding: slot.binding }]));
  const slots = new Array<B>(program.slots.length);
  const release = (count: number) => own.slice(0, count).forEach((at) => destroy(slots[at]!));

  let created = 0;
  try {
    for (; created < own.length; created++) slots[own[created]!] = create(program.slots[own[created]!]!, own[created]!);
  } catch (error) {
    release(created);
    throw error;
  }

  let alive = true;
  return {
    executor,
    run(bindings) {
      if (!alive) throw disposed(program.name);
      if (bindings.length !== bound.length) throw miscounted(program.name, bound.length, bindings.length);
      for (const { at, binding } of bound) slots[at] = bindings[binding]!;
      begin?.(slots);
      steps(slots, t);
    },
    destroy() {
      if (!alive) throw disposed(program.name);
      alive = false;
      release(own.length);
    },
  };
}

/** How many scans enclose the innermost kernel. */
export function depth(steps: readonly Step[]): number {
  return steps.reduce((most, step) => Math.max(most, step.kind === "scan" ? 1 + depth(step.body) : 0), 0);
}

function prepare<B>(steps: readonly Step[], launch: (kernel: Kernel) => Launch<B>, t: number[], level: number): Launch<B> {
  const runs = steps.map((step): Launch<B> => {
    if (step.kind !== "scan") return launch(step);
    const body = prepare(step.body, launch, t, level + 1);
    return (slots) => {
      for (let i = 0; i < step.length; i++) {
        t[level] = i;
        body(slots, t);
      }
    };
  });
  return (slots) => {
    for (let i = 0; i < runs.length; i++) runs[i]!(slots, t);
  };
}

function disposed(name: string): SluiceError {
  return new SluiceError({
    code: "DISPOSED",
    who: name,
    what: "this executable is destroyed",
    fix: "Compile the program again",
    facts: { program: name },
  });
}

function miscounted(name: string, expected: number, got: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: name,
    what: `run takes ${expected} bindings, got ${got}`,
    facts: { program: name, expected, got },
  });
}
