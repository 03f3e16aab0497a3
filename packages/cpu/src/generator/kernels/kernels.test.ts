import type { TypedArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { harness } from "./testing/harness.ts";
import { type Single, kinds, singles } from "./testing/programs.ts";

for (const kind of kinds)
  test(`${kind}: every layout gives what the reference gives, however it is cut, and nothing else is written or read`, async () => {
    await fc.assert(
      fc.asyncProperty(singles(kind), fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), async (single, seed, cut) => {
        const { slots, step, length } = { ...single, slots: single.program.slots };
        const { slots: memory, run, parts, untouched } = harness(slots, step, length === undefined ? 0 : 1);
        const contents = slots.map((slot, s) =>
          Float64Array.from({ length: slot.length }, (_, i) => (((i + 3) * (seed + s + 7)) % 13) - 4),
        );
        memory.forEach((data, s) => data.set(contents[s]!));
        const middle = Math.round(cut * parts);
        for (let t = 0; t < (length ?? 1); t++) {
          const times = length === undefined ? [] : [t];
          run(times, 0, middle);
          run(times, middle, parts);
        }
        expect(untouched()).toBe(true);
        expect(memory.map(signless)).toEqual((await expected(single, contents)).map(signless));
      }),
      { numRuns: 300, interruptAfterTimeLimit: 2000 },
    );
  });

/** Zeros have no sign here: a sum of one −0 may be either. */
function signless(data: TypedArray): number[] {
  return [...data].map((x) => x + 0);
}

async function expected({ program }: Single, contents: readonly Float64Array[]) {
  const reference = await open();
  const buffers = program.slots.map(({ dtype, length }, s) => {
    const buffer = reference.create(dtype, length);
    reference.write(buffer, dtype === "i32" ? Int32Array.from(contents[s]!) : Float32Array.from(contents[s]!));
    return buffer;
  });
  (await reference.compile(program)).run(buffers);
  return Promise.all(buffers.map((buffer) => reference.read(buffer)));
}
