import { outputsOf, readInputs } from "./ends.ts";
import { checkOptions, dispose, SluiceError } from "./failure.ts";
import type { Machine } from "./machine.ts";
import type { Plan } from "./plan.ts";
import { Stream } from "./stream.ts";

/** The model over a memory of its own. A call allocates nothing but what it gives. */
export class Model {
  readonly #plan: Plan;
  #machine: Machine | undefined;
  readonly #streams = new Set<Stream>();

  constructor(plan: Plan, machine: Machine) {
    this.#plan = plan;
    this.#machine = machine;
    if (plan.predict !== undefined) machine.prepare(plan.predict.run);
  }

  predict(x: unknown, options: { readonly lengths?: unknown } = {}): unknown {
    const who = "predict",
      machine = this.#alive(who),
      { predict, inputs, outputs } = this.#plan;
    if (predict === undefined) throw new SluiceError("UNSUPPORTED", who, "this file was made for streams alone");
    checkOptions(who, options, ["lengths"]);
    const rows = readInputs(machine, x, options.lengths, { who, ports: predict.inputs, names: inputs, atMost: true });
    for (const port of predict.state) machine.view(port).fill(0);
    machine.run("predict", predict.run);
    return outputsOf(machine, predict.outputs, outputs, rows);
  }

  stream(options: { readonly inputs?: unknown; readonly lengths?: unknown } = {}): Stream {
    const machine = this.#alive("stream"),
      { stream } = this.#plan;
    if (stream === undefined) throw new SluiceError("UNSUPPORTED", "stream", "this file was made for predict alone");
    checkOptions("stream", options, ["inputs", "lengths"]);
    const made = new Stream(machine, this.#plan, stream, options, (gone) => this.#streams.delete(gone));
    this.#streams.add(made);
    return made;
  }

  /** Lets go of the memory, and of all streams. A second call does nothing. */
  dispose(): void {
    for (const stream of this.#streams) stream.dispose();
    this.#machine = undefined;
  }

  [dispose](): void {
    this.dispose();
  }

  #alive(who: string): Machine {
    if (this.#machine === undefined)
      throw new SluiceError("DISPOSED", who, `the model "${this.#plan.name}" was disposed of. Open it again`);
    return this.#machine;
  }
}
