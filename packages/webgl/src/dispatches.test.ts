import { describe, expect, test } from "vitest";
import { type WebGLBackend, open } from "./open.ts";
import { inference, training } from "./testing/training.ts";

const sizes = { batch: 2, input: 3, units: 4 };

describe.each(["webgl2", "webgl"] as const)("%s", (mode) => {
  test("a step of an LSTM takes 2 dispatches, and 3 more to train", async () => {
    const backend = await open({ modes: [mode] });
    expect(await perStep(backend, inference)).toBe(2);
    expect(await perStep(backend, training)).toBe(2 + 3);
    await backend.close();
  });

  test("laying the steps of a sequence onto one texture takes a dispatch for every 15 of them", async () => {
    const backend = await open({ modes: [mode] });
    const bound = await inference(backend, { ...sizes, steps: 15 * 15 });
    const before = backend.statistics().packs;
    bound.run();
    expect(backend.statistics().packs - before).toBe(0); // nobody has looked at it
    await bound.outputs.read();
    expect(backend.statistics().packs - before).toBe(15 + 1);
    await backend.close();
  });
});

/** How many dispatches one step more in the sequence costs, but for those that pack. */
async function perStep(backend: WebGLBackend, bind: typeof training): Promise<number> {
  const [short, long] = [await dispatches(6), await dispatches(10)];
  return (long - short) / 4;

  async function dispatches(steps: number): Promise<number> {
    const bound = await bind(backend, { ...sizes, steps });
    const before = backend.statistics();
    bound.run();
    const after = backend.statistics();
    bound.dispose();
    return after.dispatches - after.packs - before.dispatches + before.packs;
  }
}
