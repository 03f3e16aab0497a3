// What every backend must give for every cell in every option: what the oracle gives, forward and back, by whichever way it is run.
import {
  bidirectionals,
  composed,
  dataOf,
  describe,
  forwards,
  reverses,
  stacks,
  uneven,
  type Data,
  type Example,
  type Structure,
} from "../arbitraries/cells.ts";
import { met } from "../arbitraries/met.ts";
import { decoders, kinds, poolOf } from "../arbitraries/variants.ts";
import type { Backend } from "@sluice/core";
import type { Law } from "../law.ts";
import { at, flipped, known, stepsFirst, type Bounded } from "../oracle/index.ts";
import { mapTree, type Tree } from "../tree.ts";
import { agree, either, type Read } from "./agree.ts";
import { decoded } from "./decoder.ts";
import { hunt } from "./hunt.ts";
import { expected, turned, type Outcome } from "./outcome.ts";
import { single, upstreamOnly, whole } from "./running.ts";

/** Throws where `example`, whose data is `data`, breaks the law on `backend`. */
type Claim = (backend: Backend, example: Pick<Example, "structure" | "dtype">, data: Data) => Promise<void>;

const oracleClaim: Claim = async (backend, { structure, dtype }, data) =>
  agree(await whole(backend, structure, data, dtype), expected(backend.supports, { structure, dtype }, data), dtype);

const decoderClaim: Claim = async (backend, { structure, dtype }, data) =>
  agree(await decoded(backend, structure, data, dtype), expected(backend.supports, { structure, dtype }, data), dtype);

const upstreamClaim: Claim = async (backend, { structure, dtype }, data) => {
  const { gradients } = expected(backend.supports, { structure, dtype }, data, { outputs: data.upstream.outputs });
  agree(await upstreamOnly(backend, structure, data, dtype), gradients, dtype);
};

const streamingClaim: Claim = async (backend, { structure, dtype }, data) => {
  const want = await wanted(backend, { structure, dtype }, data);
  let state = data.state!;
  for (let t = 0; t < structure.steps; t++) {
    const step = await single(backend, { ...structure, steps: 1 }, { ...data, x: at(data.x, t), state }, dtype);
    const { output, state: next } = step as { readonly output: Read; readonly state: Tree<Read> };
    agree({ output: { ...output, shape: output.shape.toSpliced(1, 0, 1) } }, { output: at(want.outputs, t) }, dtype);
    state = mapTree(next, ({ shape, data }) => known(shape, Float64Array.from(data)));
  }
  const end = mapTree(state, ({ shape, value }) => ({ shape, data: value }));
  agree(end, want.state, dtype);
};

const layoutClaim: Claim = async (backend, { structure, dtype }, data) => {
  const want = await wanted(backend, { structure, dtype }, data);
  agree(await whole(backend, { ...structure, timeMajor: true }, data, dtype), turned(want, stepsFirst), dtype);
};

const flipClaim: Claim = async (backend, { structure, dtype }, data) => {
  const want = await wanted(backend, { structure, dtype }, data);
  const mirrored = { ...data, x: flipped(data.x), upstream: { ...data.upstream, outputs: flipped(data.upstream.outputs) } };
  agree(await whole(backend, unreversed(structure), mirrored, dtype), turned(want, flipped), dtype);
};

/** Agreement with the oracle for every cell, for both directions and for stacks; then the ways of running that must not matter. */
export const cellLaws: readonly Law[] = [
  ...kinds.map((kind) => oracleLaw(kind, poolOf(kind), met[kind])),
  oracleLaw("bidirectional", () => [...bidirectionals, ...composed.filter(({ choice }) => choice.kind === "bidirectional")]),
  oracleLaw("stacked", () => [...stacks, ...composed.filter(({ choice }) => choice.kind === "stacked")]),
  law(
    "a decoder that attends at every step: outputs, states and every gradient, that of the memory too, agree with the oracle",
    decoders,
    decoderClaim,
  ),
  law("the gradients for one upstream gradient agree with the oracle", () => uneven, upstreamClaim),
  law("one step after the other, with the state carried on, gives what the whole sequence gives", () => forwards, streamingClaim),
  law("time-major gives what batch-major gives", () => uneven, layoutClaim),
  law("reverse gives what flipping before and after gives", () => reverses, flipClaim),
];

type Pool = (seed: number) => readonly Structure[];

function law(name: string, pool: Pool, claim: Claim, examples: readonly Example[] = []): Law {
  return hunt({ name, pool, met: examples, describe, claim: (backend, example) => claim(backend, example, dataOf(example)) });
}

function oracleLaw(name: string, pool: Pool, examples?: readonly Example[]): Law {
  return law(`${name}: outputs, last, final states and every gradient agree with the oracle`, pool, oracleClaim, examples);
}

/** What the structure, run as it is, lets another way of running it give. */
async function wanted(...[backend, example, data]: Parameters<Claim>): Promise<Outcome<Bounded>> {
  const got = await whole(backend, example.structure, data, example.dtype);
  return either(got, expected(backend.supports, example, data)) as Outcome<Bounded>; // the same tree
}

function unreversed(structure: Structure): Structure {
  return structure.choice.kind === "recurrence" ? { ...structure, choice: { ...structure.choice, reverse: false } } : structure;
}
