import { outputsOf, readInputs } from "./ends.ts";
import { dispose, SluiceError } from "./failure.ts";
import type { Machine } from "./machine.ts";
import { checkShape, given, readNumbers } from "./numbers.ts";
import type { Plan, StreamPlan } from "./plan.ts";

/** What a stream has read so far, as plain data: what `state` of the library's streams gives and takes. */
export interface State {
  readonly steps: number;
  readonly arrays: Readonly<
    Record<string, { readonly dtype: "f32" | "i32"; readonly shape: readonly number[]; readonly data: Float32Array | Int32Array }>
  >;
}

/** Sequences read step by step: each step gives what `predict` gives of all steps so far. */
export class Stream {
  readonly #machine: Machine;
  readonly #plan: Plan;
  readonly #own: StreamPlan;
  /** Where its block lies; undefined once it is disposed of. */
  #base: number | undefined;
  #steps = 0;
  readonly #leave: (stream: Stream) => void;

  constructor(
    machine: Machine,
    plan: Plan,
    own: StreamPlan,
    { inputs, lengths }: { readonly inputs?: unknown; readonly lengths?: unknown },
    leave: (stream: Stream) => void,
  ) {
    const { before, others, x } = own;
    const names = (plan.inputs ?? []).filter((name) => name !== x.name);
    if (names.length > 0) readInputs(machine, inputs ?? {}, lengths, { who: "stream", ports: others, names, atMost: false });
    else if (inputs !== undefined || lengths !== undefined)
      throw new SluiceError("INVALID_ARGUMENT", "stream", "inputs and lengths must be left out: there are no other inputs");
    this.#machine = machine;
    this.#plan = plan;
    this.#own = own;
    this.#leave = leave;
    const base = (this.#base = machine.take(own.bytes));
    for (const run of [before, own.start, own.step]) if (run !== undefined) machine.prepare(run, base);
    if (before !== undefined) machine.run("before", before, base);
    this.reset();
  }

  /** Steps read since the start, or the last `reset`. */
  get steps(): number {
    return this.#steps;
  }

  step(x: unknown): unknown {
    const who = "stream.step",
      base = this.#alive(who),
      { x: port, maxSteps = Infinity, step, outputs } = this.#own;
    if (this.#steps >= maxSteps)
      throw new SluiceError(
        "INVALID_ARGUMENT",
        who,
        `the stream has read ${maxSteps} steps, which is all that it has room for. reset() begins anew`,
        { maxSteps },
      );
    const array = given(who, "x", x, port.row);
    if (port.rows === 1 && array.shape.length === port.row.length) checkShape(array, port.row, port.axes?.slice(1));
    else checkShape(array, [port.rows, ...port.row], port.axes);
    readNumbers(array, this.#machine.view(port), port);
    this.#machine.run("step", step, base);
    this.#steps++;
    return outputsOf(this.#machine, outputs, this.#plan.outputs);
  }

  /** To the start: of new sequences. */
  reset(): void {
    this.#machine.run("start", this.#own.start, this.#alive("stream.reset"));
    this.#steps = 0;
  }

  /** A copy of what is kept. */
  state(): State {
    const base = this.#alive("stream.state");
    const arrays = this.#own.state.map((port) => [
      port.name,
      { dtype: port.dtype, shape: [port.rows, ...port.row], data: this.#machine.view(port, base).slice() },
    ]);
    return { steps: this.#steps, arrays: Object.fromEntries(arrays) as State["arrays"] }; // one for each
  }

  /** Goes on from there. For another model's it throws, and nothing is changed. */
  setState(state: State): void {
    const who = "stream.setState",
      base = this.#alive(who),
      ports = this.#own.state;
    const { steps, arrays } = (state ?? {}) as Partial<State>; // oxlint-disable-line typescript/no-unnecessary-condition -- null comes from callers without types
    const names = Object.keys(arrays ?? {});
    if (
      steps === undefined ||
      !Number.isInteger(steps) ||
      steps < 0 ||
      names.length !== ports.length ||
      ports.some(({ name }) => !names.includes(name))
    )
      throw new SluiceError(
        "INVALID_ARGUMENT",
        who,
        `state must be what state() gave, with steps and arrays of ${ports.map(({ name }) => name).join(", ")}`,
      );
    const writes = ports.map((port) => {
      const array = arrays?.[port.name],
        own = given(who, `state ${port.name}`, array, port.row),
        data = own.data as ArrayLike<number>; // a list, or a typed array
      checkShape(own, [port.rows, ...port.row]);
      if (array?.dtype !== port.dtype)
        throw new SluiceError("DTYPE_MISMATCH", who, `state ${port.name} must be ${port.dtype}, got ${array?.dtype}`);
      return () => this.#machine.view(port, base).set(data);
    });
    for (const write of writes) write();
    this.#steps = steps;
  }

  /** Leaves its room to another. A second call does nothing. */
  dispose(): void {
    if (this.#base === undefined) return;
    this.#machine.give(this.#base);
    this.#base = undefined;
    this.#leave(this);
  }

  [dispose](): void {
    this.dispose();
  }

  #alive(who: string): number {
    if (this.#base === undefined) throw new SluiceError("DISPOSED", who, `the stream of model "${this.#plan.name}" was disposed of`);
    return this.#base;
  }
}
