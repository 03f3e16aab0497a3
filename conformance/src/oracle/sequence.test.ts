import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bidirectionals,
  cellOf,
  cells,
  dataOf,
  erased,
  examples,
  oracleOf,
  stacks,
  structures,
  type Choice,
  type Example,
  type Structure,
} from "../arbitraries/cells.ts";
import { mapTree, type Tree } from "../tree.ts";
import { toldApart } from "./apart.ts";
import { at, blocks, flipped, join, put, row, zeros, type Bounded } from "./bounded.ts";
import { countsOf, recurrence, type Recurrence } from "./sequence.ts";

type Run = Recurrence["run"];
type Job = Parameters<Run>[0];
type Result = ReturnType<Run>;

const singles = cells.flatMap(structures);
const everything = [...singles, ...bidirectionals, ...stacks];

test("a row gives what its steps that count give alone, and nothing elsewhere", () => {
  fc.assert(
    fc.property(examples(everything.filter(({ lengths, mask }) => lengths || mask)), (example) => {
      const { batch, steps } = example.structure;
      const { run, job, upstream } = prepared(example);
      const whole = run(job);
      const gradients = whole.backward(upstream);
      const counts = countsOf(steps, job);
      for (let b = 0; b < batch; b++) {
        const counted = Array.from({ length: steps }, (_, t) => t).filter((t) => counts(b, t));
        const all = Array.from({ length: steps }, (_, t) => t);
        const one = { lengths: undefined, mask: undefined, x: part(job.x, b, counted), ...(job.state && { state: rowOf(job.state, b) }) };
        const alone = run({ ...job, ...one });
        const back = alone.backward({
          outputs: part(upstream.outputs, b, counted),
          last: rowOf(upstream.last, b),
          state: rowOf(upstream.state, b),
        });
        expect(part(whole.outputs, b, all)).toEqual(spread(alone.outputs, counted, steps));
        expect(rowOf(whole.last, b)).toEqual(alone.last);
        expect(rowOf(whole.state, b)).toEqual(alone.state);
        expect(part(gradients.x, b, all)).toEqual(spread(back.x, counted, steps));
        expect(rowOf(gradients.state, b)).toEqual(back.state);
      }
    }),
  );
});

test("one step after the other, with the state carried on, gives what the whole sequence gives", () => {
  fc.assert(
    fc.property(
      examples(singles.filter(({ choice, lengths, mask }) => choice.kind === "recurrence" && !choice.reverse && !lengths && !mask)),
      (example) => {
        const { run, job } = prepared(example);
        const whole = run(job);
        const steps = job.x.shape[1]!;
        let state = job.state;
        for (let t = 0; t < steps; t++) {
          const one = run({ ...job, x: at(job.x, t), state });
          expect(one.outputs).toEqual(at(whole.outputs, t));
          state = one.state;
        }
        expect(state).toEqual(whole.state);
      },
    ),
  );
});

test("reverse is flipping before and after, gradients too", () => {
  fc.assert(
    fc.property(
      examples(singles.filter(({ choice, lengths, mask }) => choice.kind === "recurrence" && choice.reverse && !lengths && !mask)),
      (example) => {
        const { run, job, upstream } = prepared(example);
        const mirrored = oracleOf(turned(example.structure.choice)).run({ ...job, x: flipped(job.x) });
        const reversed = run(job);
        expect({ ...reversed, backward: 0 }).toEqual({ ...mirrored, outputs: flipped(mirrored.outputs), backward: 0 });
        const [back, forth] = [reversed.backward(upstream), mirrored.backward({ ...upstream, outputs: flipped(upstream.outputs) })];
        expect(back.state).toEqual(forth.state);
        expect(back.x).toEqual(flipped(forth.x));
      },
    ),
  );
});

test("no steps change nothing: last is zero, the state and its gradient pass through, no weight has a gradient", () => {
  fc.assert(
    fc.property(examples(singles.filter(({ steps }) => steps === 0)), (example) => {
      const { run, job, upstream } = prepared(example);
      const { last, state, backward } = run(job);
      const gradients = backward(upstream);
      expect(last).toEqual(zeros(last.shape));
      expect(state).toEqual(job.state);
      expect(gradients).toEqual({ x: job.x, state: upstream.state, weights: mapTree(job.weights, ({ shape }) => zeros(shape)) });
    }),
  );
});

/** Wrong runs, each of the right one. */
const wrong: Readonly<Record<string, (run: Run, on: Structure) => Run>> = {
  "ignores the initial state": (run) => (job) => run({ ...job, state: undefined }),
  "ignores lengths": (run) => (job) => run({ ...job, lengths: undefined }),
  "ignores the mask": (run) => (job) => run({ ...job, mask: undefined }),
  "takes the mask for a length": (run) => (job) =>
    run({ ...job, mask: job.mask && Array.from(job.mask, (_, i) => Number(i % job.x.shape[1]! < counted(job, i))) }),
  "runs the other way": (_, { choice }) => oracleOf(turned(choice)).run,
  "flips its outputs": changed(({ outputs }, { lengths }) => ({
    outputs: rearranged(outputs, outputs.shape[1]!, (b, t) => (t < length(outputs, lengths, b) ? length(outputs, lengths, b) - 1 - t : t)),
  })),
  "goes on with the last output": changed(({ outputs }, { lengths }) => ({
    outputs: rearranged(outputs, outputs.shape[1]!, (b, t) => Math.min(t, Math.max(0, length(outputs, lengths, b) - 1))),
  })),
  "takes the output at the last position for the last": changed(({ outputs, last }) => ({
    last: taken(outputs, last, outputs.shape[1]! - 1),
  })),
  "takes the output at the first position for the last": changed(({ outputs, last }) => ({ last: taken(outputs, last, 0) })),
  "takes the final state for the last output": changed(({ state }) => ({ last: (state as { readonly h: Bounded }).h })),
  "forgets the gradient of the outputs": changed(({ backward }) => ({
    backward: ({ last, state }) => backward({ last: last!, state: state! }),
  })),
  "forgets the gradient of the last output": changed(({ backward }) => ({
    backward: ({ outputs, state }) => backward({ outputs: outputs!, state: state! }),
  })),
  "forgets the gradient of the final state": changed(({ backward }) => ({
    backward: ({ outputs, last }) => backward({ outputs: outputs!, last: last! }),
  })),
  "cuts the gradient between steps": (_, { choice }) => (choice.kind === "recurrence" ? cut(choice).run : oracleOf(choice).run),
};

test.each(Object.entries(wrong))("three passes over the pool tell apart a recurrence that %s", (_, make) => {
  const pool = structures({ cell: "lstm" });
  const told = [...pool, ...pool, ...pool].filter((structure) =>
    toldApart(make(oracleOf(structure.choice).run, structure), drawn(structure)),
  );
  expect(told.length).toBeGreaterThan(0);
});

const wrongPairs: Readonly<Record<string, (run: Run, choice: Extract<Choice, { kind: "bidirectional" }>) => Run>> = {
  "joins them the wrong way round": (run, { merge }) =>
    changed(({ outputs }) => (merge === "concat" ? { outputs: join(...(blocks(outputs, 2).toReversed() as [Bounded, Bounded])) } : {}))(
      run,
    ),
  "merges by sum for mean and product, by mean for sum": (_, choice) =>
    oracleOf({ ...choice, merge: ({ concat: "concat", sum: "mean", mean: "sum", mul: "sum" } as const)[choice.merge] }).run,
  "gives each the other's weights": (run) => (job) => run({ ...job, weights: swapped(job.weights) }),
  "gives each the other's state": (run) => (job) => run({ ...job, ...(job.state && { state: swapped(job.state) }) }),
  "takes the last outputs of both at the last position": changed(({ outputs, last }) => ({
    last: taken(outputs, last, outputs.shape[1]! - 1),
  })),
};

test.each(Object.entries(wrongPairs))("one pass over the pool tells apart what runs both ways and %s", (_, make) => {
  const told = bidirectionals.filter((structure) => {
    const { choice } = structure;
    const alike = choice.kind === "bidirectional" && choice.forward === choice.backward;
    return alike && toldApart(make(oracleOf(choice).run, choice), drawn(structure));
  });
  expect(told.length).toBeGreaterThan(0);
});

function drawn(structure: Structure) {
  const [seed] = fc.sample(fc.integer({ min: 0, max: 2 ** 31 - 2 }), 1);
  return { structure, data: dataOf({ structure, dtype: "f32", scale: 1, seed: seed! }) };
}

function prepared(example: Example) {
  const { upstream, ...data } = dataOf(example);
  const job: Job = { units: example.structure.units, ...data };
  return { run: oracleOf(example.structure.choice).run, job, upstream };
}

function changed(change: (right: Result, job: Job) => Partial<Result>): (run: Run) => Run {
  return (run) => (job) => {
    const right = run(job);
    return { ...right, ...change(right, job) };
  };
}

function turned(choice: Choice): Choice {
  return choice.kind === "recurrence" ? { ...choice, reverse: !choice.reverse } : choice;
}

function cut({ cell: choice, reverse }: Extract<Choice, { kind: "recurrence" }>): Recurrence {
  const cell = cellOf(choice);
  const step: typeof cell.step = (...given) => {
    const { state, backward } = cell.step(...given);
    return { state, backward: (d) => ({ ...backward(d), state: mapTree(d as Tree<Bounded>, ({ shape }) => zeros(shape)) as typeof d }) };
  };
  return erased(recurrence({ ...cell, step }, { reverse }));
}

function swapped(both: Tree<Bounded>): Tree<Bounded> {
  const { forward, backward } = both as { readonly forward: Tree<Bounded>; readonly backward: Tree<Bounded> };
  return { forward: backward, backward: forward };
}

/** How many steps of the row of element i the mask names. */
function counted({ mask, x }: Job, i: number): number {
  const steps = x.shape[1]!,
    row = Math.floor(i / steps);
  return Array.from({ length: steps }, (_, t) => mask![row * steps + t]).filter((one) => one !== 0).length;
}

function length(outputs: Bounded, lengths: ArrayLike<number> | undefined, b: number): number {
  return lengths?.[b] ?? outputs.shape[1]!;
}

/** [batch, steps, n] with the steps taken from elsewhere. */
function rearranged(x: Bounded, steps: number, from: (b: number, t: number) => number): Bounded {
  const [batch, before, n] = x.shape as [number, number, number];
  const result = zeros([batch, steps, n]);
  for (let b = 0; b < batch; b++) for (let t = 0; t < steps; t++) put(result, b * steps + t, row(x, b * before + from(b, t)));
  return result;
}

/** The outputs at position t in the place of `last`. */
function taken(outputs: Bounded, last: Bounded, t: number): Bounded {
  return outputs.shape[1] === 0 ? last : { ...at(outputs, t), shape: last.shape };
}

/** Some steps of row b, as a batch of one. */
function part(x: Bounded, b: number, steps: readonly number[]): Bounded {
  const [, before, n] = x.shape as [number, number, number];
  const result = zeros([1, steps.length, n]);
  steps.forEach((t, k) => put(result, k, row(x, b * before + t)));
  return result;
}

/** The steps of a batch of one at their places among `steps`. */
function spread(x: Bounded, at: readonly number[], steps: number): Bounded {
  const result = zeros([1, steps, x.shape[2]!]);
  at.forEach((t, k) => put(result, t, row(x, k)));
  return result;
}

function rowOf<T extends Tree<Bounded>>(tree: T, b: number): T {
  return mapTree(tree as Tree<Bounded>, (leaf) => {
    const { value, error } = row(leaf, b);
    return { shape: [1, leaf.shape[1]!], value: value.slice(), error: error.slice() };
  }) as T;
}
