// A trial whose score is how far it is from the bottom of a parabola, after a while that says nothing; it writes down that it ran.
import { appendFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** @type {import("@sluice/search").Trial<{ x: number, y: number }>} */
export default async function parabola({ x, y }, { budget, folder, seed, signal }) {
  await appendFile(join(dirname(folder), "ran"), `${folder.split("-").at(-1)} ${budget}\n`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  if (signal.aborted) return Number.NaN;
  if (y > 0.9) throw new RangeError("too high");
  return { score: (x - 0.3) ** 2 + y / budget, seed, notes: [x > 0.5] };
}
