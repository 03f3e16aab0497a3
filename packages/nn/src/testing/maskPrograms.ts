// The Program that docs/masks.md shows, as it really comes out: predictions of batch 2, 5 steps, 3 features and 2 units each way.
import type { Program } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { bidirectional, input, lstm, sequential } from "../index.ts";

/** By the name under which masks.md shows it. */
export const maskPrograms: Readonly<Record<string, string>> = { "bidirectional lstm": await predicting() };

async function predicting(): Promise<string> {
  const reference = await open();
  const programs: Program[] = [];
  const backend = { ...reference, compile: (program: Program) => (programs.push(program), reference.compile(program)) };
  using trainer = await sequential([input({ shape: [5, 3] }), bidirectional(lstm({ units: 2 }))]).compile({ backend });
  await trainer.predict({ dtype: "f32", shape: [2, 5, 3], data: new Float32Array(30) }, { lengths: [5, 2] });
  return programs.map(print).join("\n");
}
