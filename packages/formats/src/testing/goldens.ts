// Models of other programs against what these gave: what goes in by name or alone, and how far what comes is from it.
import { open } from "@sluice/cpu";
import type { Model } from "@sluice/nn";
import { type FixtureArray, fixture } from "./fixtures.ts";

/** The largest difference of any output of the model to the fixture's, on the cpu backend. Throws where shapes differ. `like` has its ends in the fixture's order. */
export async function difference(model: unknown, name: string, like: unknown = model): Promise<number> {
  const { inputs, outputs } = fixture(name),
    read = model as Model<string | null, string | null>; // of whatever ends
  await using backend = await open();
  using trainer = await read.compile({ backend });
  const { ends } = like as typeof read; // likewise
  const given = ends.inputs === null ? nested(inputs[0]!) : Object.fromEntries(ends.inputs.map((end, i) => [end, nested(inputs[i]!)])); // one for each
  const came = (await trainer.predict(given as never)) as unknown; // by its own names
  const all =
    ends.outputs === null ? [came as FixtureArray] : ends.outputs.map((end) => (came as Readonly<Record<string, FixtureArray>>)[end]!); // likewise
  if (all.length !== outputs.length) throw new Error(`${all.length} outputs, ${outputs.length} are wanted`);
  return Math.max(...all.map((one, i) => apart(one, outputs[i]!, ends.outputs?.[i] ?? "y"))); // one for each
}

function apart(one: FixtureArray, wanted: FixtureArray, name: string): number {
  if (one.shape.join() !== wanted.shape.join()) throw new Error(`${name} is [${one.shape.join(", ")}], not [${wanted.shape.join(", ")}]`);
  const most = wanted.data.reduce((found, value, k) => Math.max(found, Math.abs(value - (one.data[k] ?? NaN))), 0);
  if (most > 2e-6 || Number.isNaN(most)) throw new Error(`${name} is ${most} away`);
  return most;
}

/** Rows of rows of numbers. */
export function nested({ data, shape }: FixtureArray): unknown {
  const [size = 1, ...rest] = shape;
  if (rest.length === 0) return data;
  const each = data.length / size;
  return Array.from({ length: size }, (_, i) => nested({ data: data.slice(i * each, (i + 1) * each), shape: rest }));
}
