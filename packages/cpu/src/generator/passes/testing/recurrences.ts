// For tests of passes: Programs of whole recurrences and of their gradients, and what the reference makes of them.
import { type Program, type Tensor, gradient, gru, lowerGraph, lstm, recurrence, trace } from "@sluice/core";
import { check } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";

export interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly units: number;
}

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);

/** The bindings of a legal Program after one run from waves. */
export async function after(program: Program): Promise<unknown[]> {
  check(program);
  const backend = await open();
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const buffers = bound.map(({ length }, at) => {
    const buffer = backend.create("f32", length);
    backend.write(buffer, wave(length, at));
    return buffer;
  });
  (await backend.compile(program)).run(buffers);
  return Promise.all(buffers.map((buffer) => backend.read(buffer)));
}

/** The outputs of a cell over a sequence, or the gradient of their squares. */
export async function traced(kind: "lstm" | "gru", { steps, batch, input, units }: Sizes, isTrained: boolean): Promise<Program> {
  const columns = (kind === "lstm" ? 4 : 3) * units;
  const cell = kind === "lstm" ? recurrence(lstm()) : recurrence(gru({ reset: "before" }));
  const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });
  const step = (x: Tensor, w: { wx: Tensor; wh: Tensor; b: Tensor }) => {
    const { outputs } = cell.run(w, x, { timeMajor: true });
    return isTrained ? gradient(outputs.mul(outputs).sum(), { x, w }) : outputs;
  };
  const w = { wx: f32(input, columns), wh: f32(units, columns), b: f32(columns) };
  const { graph } = trace(kind, step as (...args: never[]) => unknown, [f32(steps, batch, input), w]);
  return lowerGraph(graph, (await open()).supports);
}
