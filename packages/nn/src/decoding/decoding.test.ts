import { array, cast, compile, gather, type NDArray, random, type Tensor } from "@sluice/core";
import { counting } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { beamSearch, generate, type DecodingStep, type Hypothesis } from "../index.ts";

const { backend, alive } = counting(await open());
const [vocabulary, places, end] = [4, 8, 0];

interface State {
  /** The token before the last, [rows, 1]. */
  readonly before: NDArray;
  /** How many were read, [rows]. */
  readonly read: NDArray;
}

/** Scores by the last two tokens and the place, so that every path has a probability of its own; aligned to the row of the table it read. */
function modelOf(seed: number) {
  const table = Float64Array.from(random(seed).normal(places * vocabulary ** 3, 0, 1.5));
  const scores = array(backend, table, { shape: [places * vocabulary ** 2, vocabulary] });
  const run = compile(backend, (tokens: Tensor, { before, read }: Readonly<Record<keyof State, Tensor>>, all: Tensor) => {
    const index = read.mul(vocabulary).add(before.reshape(read.shape)).mul(vocabulary).add(tokens.reshape(read.shape));
    return { scores: gather(all, index), state: { before: tokens.add(0), read: read.add(1) }, alignment: cast(index, "f64").expand(-1) };
  });
  const step: DecodingStep<State> = (tokens, state) => run(tokens, state, scores);
  const start = (rows: number): State => ({ before: array(backend, new Int32Array(rows), { shape: [rows, 1] }), read: array(backend, new Int32Array(rows)) }); // prettier-ignore
  const indexOf = (path: readonly number[]) => ((path.length - 1) * vocabulary + (path.at(-2) ?? 0)) * vocabulary + path.at(-1)!;
  const logs = (path: readonly number[]): number[] => {
    const row = [...table.subarray(indexOf(path) * vocabulary, (indexOf(path) + 1) * vocabulary)];
    const sum = Math.log(row.reduce((total, score) => total + Math.exp(score), 0));
    return row.map((score) => score - sum);
  };
  return { step, start, logs, indexOf, held: () => alive() };
}

/** All sequences that may follow, with their scores, the best first. */
function all(
  logs: (path: readonly number[]) => number[],
  prompt: readonly number[],
  maxSteps: number,
  alpha: number,
): { tokens: number[]; score: number }[] {
  // prettier-ignore
  const found: { tokens: number[]; score: number }[] = [];
  const walk = (tokens: number[], logProbability: number, left: number): void => {
    const over = (length: number): number => logProbability / ((5 + length) / 6) ** alpha;
    if (tokens.at(-1) === end) return void found.push({ tokens: tokens.slice(0, -1), score: over(tokens.length) });
    if (left === 0) return void found.push({ tokens, score: over(tokens.length) });
    logs([...prompt, ...tokens]).forEach((log, token) => walk([...tokens, token], logProbability + log, left - 1));
  };
  walk([], 0, maxSteps);
  return found.toSorted((a, b) => b.score - a.score);
}

const anyPrompt = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 });

test("with beams enough for all paths, beam search finds the best of them, of every row, and what each token was aligned to", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), anyPrompt, fc.constantFrom(0, 0.6, 1, 2), async (seed, prompt, lengthPenalty) => {
      const { step, start, logs, indexOf, held } = modelOf(seed);
      const state = start(prompt.length);
      const search = () => beamSearch({ step, state, prompt, beams: 64, maxSteps: 3, end, lengthPenalty });
      const found = await search();
      const after = held(); // with what the step was compiled to
      expect(await search()).toEqual(found);
      expect(held()).toBe(after);
      for (const [row, tokens] of prompt.entries()) {
        const want = all(logs, tokens, 3, lengthPenalty);
        const got = found[row]!;
        expect(got).toHaveLength(Math.min(64, want.length));
        got.slice(0, 10).forEach((hypothesis, i) => {
          expect(hypothesis.score).toBeCloseTo(want[i]!.score, 9);
          expect(hypothesis.tokens).toEqual(want[i]!.tokens);
          const whole = [...tokens, ...hypothesis.tokens];
          const wanted = Array.from({ length: hypothesis.tokens.length + Number(hypothesis.ended) }, (_, k) => indexOf(whole.slice(0, tokens.length + k))); // prettier-ignore
          expect(hypothesis.alignment.flatMap((one) => [...one])).toEqual(wanted);
        });
      }
    }),
    { numRuns: 12 },
  );
});

test("one beam without an end is greedy; more beams find no worse", async () => {
  for (let seed = 0; seed < 6; seed++) {
    const { step, start, logs } = modelOf(seed);
    const prompt = [[1], [3]];
    const greedy = prompt.map((tokens) => {
      const path = [...tokens];
      for (let i = 0; i < 5; i++) path.push(argmax(logs(path)));
      return path.slice(1);
    });
    const search = (beams: number): Promise<readonly (readonly Hypothesis[])[]> =>
      beamSearch({ step, state: start(2), prompt, beams, maxSteps: 5 });
    const [one, four] = [await search(1), await search(4)];
    expect(one.map(([best]) => best!.tokens)).toEqual(greedy);
    expect(one.map(([best]) => best!.ended)).toEqual([false, false]);
    four.forEach(([best], row) => expect(best!.score).toBeGreaterThanOrEqual(one[row]![0]!.score - 1e-9));
    const written = await collect(generate({ step, state: start(2), prompt, maxSteps: 5, temperature: 0 }));
    expect(written.map((tokens) => [...tokens])).toEqual([0, 1, 2, 3, 4].map((i) => greedy.map((row) => row[i])));
  }
});

test("tokens are drawn by their probabilities, under temperature, topK, topP and the penalty of repetition", async () => {
  const { step, start, logs } = modelOf(7);
  const own = logs([2, 1]);
  const draws = 2000;
  const share = async (options: object): Promise<number[]> => {
    const counts = new Array<number>(vocabulary).fill(0);
    const prompt = Array.from({ length: draws }, () => [2, 1]);
    for await (const tokens of generate({ step, state: start(draws), prompt, maxSteps: 1, seed: 3, ...options })) for (const token of tokens) counts[token]!++; // prettier-ignore
    return counts.map((count) => count / draws);
  };
  const softmax = (scores: readonly number[]): number[] => {
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    return weights.map((weight) => weight / weights.reduce((sum, one) => sum + one));
  };
  const ranked = own.map((_, token) => token).toSorted((a, b) => own[b]! - own[a]!);
  const only = (tokens: readonly number[]): number[] => softmax(own.map((score, token) => (tokens.includes(token) ? score : -Infinity)));
  const chances = softmax(own);
  for (const [options, want] of [
    [{}, chances],
    [{ temperature: 0.5 }, softmax(own.map((score) => 2 * score))],
    [{ topK: 2 }, only(ranked.slice(0, 2))],
    [{ topP: chances[ranked[0]!]! + 1e-6 }, only(ranked.slice(0, 2))],
    [{ topP: 0 }, only(ranked.slice(0, 1))],
    [{ temperature: 0 }, only(ranked.slice(0, 1))],
  ] as const) {
    const got = await share(options);
    got.forEach((value, token) => expect(Math.abs(value - want[token]!)).toBeLessThan(5 * Math.sqrt((want[token]! * (1 - want[token]!)) / draws) + 1e-12)); // prettier-ignore
  }
  const penalised = await share({ repetitionPenalty: 1e9, temperature: 0 }); // what was there is the last that is taken
  expect(penalised[1]! + penalised[2]!).toBe(0);
});

test("the same seed writes the same, of each row by itself; rows that are over stay so, and what is left of states is nothing", async () => {
  const { step, start, held } = modelOf(11);
  const write = (prompt: number[][], seed: number) =>
    collect(generate({ step, state: start(prompt.length), prompt, maxSteps: 7, end, seed }));
  const [a, b, other] = [await write([[1], [2]], 5), await write([[1], [2]], 5), await write([[1], [2]], 6)];
  expect(a).toEqual(b);
  expect(a).not.toEqual(other);
  expect(a.map(([first]) => first).slice(0, 3)).toEqual((await write([[1]], 5)).map(([first]) => first).slice(0, 3));
  for (const row of [0, 1]) {
    const tokens = a.map((each) => each[row]!);
    const over = tokens.indexOf(end);
    if (over >= 0) expect(tokens.slice(over).every((token) => token === end)).toBe(true);
  }
  const state = start(1);
  const before = held();
  for await (const _ of generate({ step, state, prompt: [[1, 2, 3]], maxSteps: 7, end: 3 })) break;
  expect(held()).toBe(before);
  await expect(collect(generate({ step, state, prompt: [[1]], maxSteps: 3, signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: "ABORTED" }); // prettier-ignore
  expect(held()).toBe(before);
});

test("what a step carries on by reference stays, the caller's too; a state may begin empty, and is reordered whatever comes first in it", async () => {
  const { step, start } = modelOf(2);
  const want = await beamSearch({ step, state: start(1), prompt: [[1]], beams: 3, maxSteps: 3 });
  const passing: DecodingStep<State & { readonly memory: NDArray }> = async (tokens, { memory, ...own }) => {
    const { state, ...rest } = await step(tokens, own);
    return { ...rest, state: { ...state, memory } };
  };
  const memory = array(backend, [[5, 6]]);
  const remembering = { ...start(1), memory };
  expect(await beamSearch({ step: passing, state: remembering, prompt: [[1]], beams: 3, maxSteps: 3 })).toEqual(want);
  const written = await collect(generate({ step: passing, state: remembering, prompt: [[1, 2]], maxSteps: 3, seed: 1 }));
  expect(written).toEqual(await collect(generate({ step, state: start(1), prompt: [[1, 2]], maxSteps: 3, seed: 1 })));
  expect([...(await memory.read())]).toEqual([5, 6]);
  expect([...(await remembering.read.read())]).toEqual([0]);
  const late: DecodingStep<object> = (tokens, state) => step(tokens, "read" in state ? (state as State) : start(tokens.shape[0]!));
  expect(await beamSearch({ step: late, state: {}, prompt: [[1]], beams: 3, maxSteps: 3 })).toEqual(want);
  const same: DecodingStep<State> = async (_, state) => ({ scores: array(backend, Array.from({ length: state.read.shape[0]! }, () => [3, 2, 1, 0])), state }); // prettier-ignore
  expect((await beamSearch({ step: same, state: start(1), prompt: [[1]], beams: 2, maxSteps: 2 }))[0]![0]!.tokens).toEqual([0, 0]);
});

test("states that are not of rows, tokens that are none, and odd results are refused by name, and the caller's state stays", async () => {
  const { step, start } = modelOf(3);
  const base = { step, state: start(1), prompt: [[1]], maxSteps: 3, beams: 2 };
  const scored = async (more: object) => ({ scores: array(backend, [[3, 2, 1, 0]]), ...more });
  const layers = { layers: array(backend, [[[1]], [[2]]]) };
  for (const [options, code, what] of [
    [
      { ...base, state: layers, step: () => scored({ state: layers }) },
      "SHAPE_MISMATCH",
      "state.layers must be [rows 1, …], got [2, 1, 1]",
    ],
    [{ ...base, state: { n: 0 }, step: () => scored({ state: { n: 0 } }) }, "INVALID_ARGUMENT", "state.n must be an NDArray"],
    [{ ...base, prompt: [[9]] }, "INDEX_OUT_OF_RANGE", "token 9 of row 0"],
    [{ ...base, end: 9 }, "INDEX_OUT_OF_RANGE", "end 9"],
    [{ ...base, step: async () => undefined }, "INVALID_ARGUMENT", "what the step gives"],
    [{ ...base, step: () => scored({}) }, "INVALID_ARGUMENT", "the state of the step"],
    [{ ...base, step: () => scored({ state: {}, alignment: [1] }) }, "INVALID_ARGUMENT", "the alignment of the step"],
    [{ ...base, step: () => scored({ state: {}, alignment: array(backend, [1, 2]) }) }, "SHAPE_MISMATCH", "alignment [rows 1, …]"],
    [{ ...base, step: async (_: never, state: object) => ({ scores: array(backend, [1]), state }) }, "SHAPE_MISMATCH", "scores"],
    [{ ...base, step: async () => ({ scores: array(backend, [[Infinity, 1]]), state: {} }) }, "NOT_FINITE", "+∞"],
  ] as const)
    await expect(beamSearch(options as never)).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
  expect([...(await base.state.read.read()), ...(await layers.layers.read())]).toEqual([0, 1, 2]);
});

test("options that make no sense, and steps that give no scores, are refused, and nothing is left", async () => {
  const { step, start, held } = modelOf(1);
  const base = { step, state: start(1), prompt: [[1]], maxSteps: 2, beams: 2 };
  const before = held();
  for (const [options, code, what] of [
    [{ ...base, prompt: [] }, "INVALID_ARGUMENT", "at least one row"],
    [{ ...base, prompt: [[]] }, "INVALID_ARGUMENT", "at least one row of at least one token"],
    [{ ...base, prompt: [[1], [1, 2]] }, "INVALID_ARGUMENT", "prompt[1]"],
    [{ ...base, prompt: [[-1]] }, "INVALID_ARGUMENT", "prompt"],
    [{ ...base, maxSteps: 0 }, "INVALID_ARGUMENT", "maxSteps"],
    [{ ...base, maxTokens: 3 }, "INVALID_ARGUMENT", "maxTokens"],
    [{ ...base, step: undefined }, "INVALID_ARGUMENT", "step"],
    [{ ...base, step: async () => ({ scores: 5, state: {} }) }, "INVALID_ARGUMENT", "scores"],
    [{ ...base, step: async () => ({ scores: array(backend, [1, 2]), state: start(1) }) }, "SHAPE_MISMATCH", "[rows 1, vocabulary]"], // prettier-ignore
    [{ ...base, step: async () => ({ scores: array(backend, [[NaN, 1]]), state: start(1) }) }, "NOT_FINITE", "NaN"],
  ] as const) {
    await expect(beamSearch(options as never)).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
    const { beams: _, ...others } = options;
    await expect((async () => collect(generate(others as never)))()).rejects.toMatchObject({ code });
  }
  expect(held()).toBe(before);
});

async function collect(tokens: AsyncIterable<Int32Array>): Promise<Int32Array[]> {
  const all: Int32Array[] = [];
  for await (const one of tokens) all.push(one);
  return all;
}

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
