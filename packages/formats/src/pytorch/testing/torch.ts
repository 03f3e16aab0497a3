// For tests: modules of PyTorch with what they gave, and how far ours is from it.
import type { HostArray } from "@sluice/core";
import { fixture, fixtureBytes, type Fixture, type FixtureArray } from "../../testing/fixtures.ts";
import { openSafetensors, type SafetensorsFile } from "../../safetensors/file.ts";

/** "lstm" → its state dict, and what went in and came out. */
export async function torchFixture(
  name: string,
): Promise<Fixture & { readonly file: SafetensorsFile; readonly tensors: Record<string, HostArray> }> {
  const file = await openSafetensors(fixtureBytes(`torch/${name}.safetensors`));
  return { ...fixture(`torch/${name}`), file, tensors: await file.readAll() };
}

const modules = JSON.parse(new TextDecoder().decode(fixtureBytes("torch/modules.json"))) as Readonly<Record<string, Fixture>>; // as the file is

/** One of the modules that share a file, each under its name. */
export async function torchModule(name: string): Promise<Fixture & { readonly tensors: Record<string, HostArray> }> {
  const file = await openSafetensors(fixtureBytes("torch/modules.safetensors")),
    found = modules[name];
  if (found === undefined) throw new Error(`there is no module ${name}`);
  return { ...found, tensors: await file.readAll(file.names.filter((each) => each.startsWith(`${name}.`))) };
}

export function hosted({ shape, data }: FixtureArray): HostArray {
  return { dtype: "f32", shape, data: Float32Array.from(data) };
}

/** What differs by more than the fixtures' 2e-6. */
export function beyond(got: readonly HostArray[], wanted: readonly FixtureArray[], tolerance = 2e-6): string[] {
  if (got.length !== wanted.length) return [`${got.length} outputs, not ${wanted.length}`];
  return got.flatMap(({ shape, data }, i) => {
    const { shape: own, data: figures } = wanted[i]!; // as many
    if (shape.join() !== own.join()) return [`output ${i} is [${shape.join()}], not [${own.join()}]`];
    const worst = figures.reduce((most, figure, k) => Math.max(most, Math.abs(figure - (data[k] ?? NaN))), 0);
    return worst <= tolerance ? [] : [`output ${i} differs by ${worst}`];
  });
}
