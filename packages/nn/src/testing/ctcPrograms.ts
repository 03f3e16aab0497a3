// The loops that docs/ctc.md shows, as they really come out: two samples of four steps, three classes and two labels.
import { compile, gradient, type Program, type Tensor } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { ctc } from "../index.ts";

const y = { dtype: "i32", shape: [2, 2], data: new Int32Array(4) } as const;
const z = { dtype: "f32", shape: [2, 4, 3], data: new Float32Array(24) } as const;
const loss = (labels: Tensor, logits: Tensor): Tensor => ctc.perSample(labels, logits).mean();

/** By the name under which ctc.md shows it. */
export const ctcPrograms: Readonly<Record<string, string>> = {
  forward: await loopsOf(loss),
  "forward and backward": await loopsOf((labels, logits) => gradient(loss(labels, logits), logits)),
};

/** The scans among its steps. */
async function loopsOf(fn: (labels: Tensor, logits: Tensor) => Tensor): Promise<string> {
  const reference = await open();
  const programs: Program[] = [];
  const backend = { ...reference, compile: (program: Program) => (programs.push(program), reference.compile(program)) };
  await compile(backend, fn, { name: "ctc" })(y, z);
  const steps = programs
    .map(print)
    .join("\n")
    .split(/^(?=\d+ {2,}\S)/m);
  return steps
    .filter((step) => /^\d+ +scan/.test(step))
    .map((step) => step.replace(/^\d+ +/, ""))
    .join("");
}
