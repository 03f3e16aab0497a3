// The first kernel of a device: whether floats come back as they should, and what the GPU keeps of IEEE 754's special numbers.
import type { Supports } from "@sluice/core";
import { shader, type Shader } from "./shader.ts";
import { hold, hostSheet, type Sheet } from "./sheet.ts";

/** What the GPU keeps of IEEE 754's special numbers. */
export type SpecialNumbers = Pick<Supports["keeps"], "nan" | "infinity" | "signedZeros">;

/** What the probe needs of a device. */
interface Launcher {
  launch(shader: Shader, inputs: readonly Sheet[], numbers: readonly number[], length: number): Sheet[];
  read(sheet: Sheet, from: number, length: number): Float32Array;
  release(sheet: Sheet): void;
}

/** What the probe kernel gives on a GPU that has IEEE 754's special numbers. Throws where it has not even float textures. */
export function keepsOf(device: Launcher): SpecialNumbers {
  const [sheet] = device.launch(probe, [hostSheet(4, Float32Array.of(Infinity, -1, 0, -0))], [0], probes.length);
  const [one, ...made] = device.read(hold(sheet!), 0, probes.length);
  device.release(sheet!);
  if (one !== 1.5) throw new Error(`float textures do not work: 1.5 came back as ${one}`);
  const wanted = probes.slice(1).map(([, value]) => value);
  const keeps = (special: (value: number) => boolean): boolean =>
    made.every((value, i) => !special(wanted[i]!) || Object.is(value, wanted[i]));
  return { infinity: keeps((value) => Math.abs(value) === Infinity), nan: keeps(Number.isNaN), signedZeros: keeps((value) => value === 0) };
}

/** What each thread of the probe computes of a texture that holds ∞, −1, 0 and −0, and what IEEE 754 makes of it. */
const probes: readonly (readonly [text: string, value: number])[] = [
  ["1.5", 1.5],
  ["t0[p0]", Infinity],
  ["1.5 / t0[p0 + 2]", Infinity],
  ["sluiceLog(t0[p0 + 2])", -Infinity],
  ["sluiceExp(-100 * t0[p0 + 1])", Infinity],
  ["nan", NaN],
  ["t0[p0] - inf", NaN],
  ["t0[p0] * t0[p0 + 2]", NaN],
  ["sluiceMax(1.5, nan)", NaN],
  ["sluiceMin(nan, 1.5)", NaN],
  ["sluiceLog(t0[p0 + 1])", NaN],
  ["Math.sqrt(t0[p0 + 1])", NaN],
  ["-0", -0],
  ["-t0[p0 + 2]", -0],
  ["t0[p0 + 1] * t0[p0 + 2]", -0],
  ["sluiceMax(t0[p0 + 3], t0[p0 + 2])", 0],
  ["sluiceMax(t0[p0 + 2], t0[p0 + 3])", 0],
  ["sluiceMax(t0[p0 + 3], t0[p0 + 3])", -0],
  ["sluiceMin(t0[p0 + 3], t0[p0 + 2])", -0],
  ["sluiceMin(t0[p0 + 2], t0[p0 + 3])", -0],
  ["sluiceSelect(t0[p0 + 1], t0[p0 + 3], t0[p0 + 2])", -0],
];

const probe = shader({
  textures: 1,
  numbers: 1,
  specials: true,
  outputs: 1,
  length: probes.length,
  lines: ["const e = this.thread.x;", "let r = 0;", ...probes.map(([text], i) => `if (e == ${i}) { r = ${text}; }`), "return r;"],
});
