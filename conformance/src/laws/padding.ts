// What lies where nothing counts changes no number, forward or back: not one bit, though it be NaN.
import type { Supports } from "@sluice/core";
import { attentionPool, describeAttention, type AttentionExample, type AttentionStructure } from "../arbitraries/attention.ts";
import { attentionDataOf, type AttentionData } from "../arbitraries/attentionData.ts";
import {
  bidirectionals,
  composed,
  dataOf,
  describe,
  extrasOf,
  stacks,
  type Data,
  type Example,
  type Structure,
} from "../arbitraries/cells.ts";
import { uniform } from "../arbitraries/numbers.ts";
import { decoders, kinds, varied } from "../arbitraries/variants.ts";
import type { Law } from "../law.ts";
import { countsOf, known, type Bounded, type Extra, type Named } from "../oracle/index.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";
import type { Read } from "./agree.ts";
import { attentionRun } from "./attention.ts";
import { decoded } from "./decoder.ts";
import { hunt } from "./hunt.ts";
import { whole } from "./running.ts";

export const paddingLaws: readonly Law[] = [
  hunt<Structure>({
    name: "padding: steps that do not count change nothing, whatever is in them",
    pool: (seed) =>
      [...kinds.flatMap((kind) => varied(kind, seed)), ...decoders(seed), ...bidirectionals, ...stacks, ...composed].filter(
        ({ lengths, mask }) => lengths || mask,
      ),
    sample: 24,
    describe,
    async claim(backend, example) {
      const { structure, dtype } = example,
        data = dataOf(example),
        run = isDecoder(structure) ? decoded : whole;
      const [plain, spoilt] = [data, spoiltSteps(example, data, backend.supports)].map((given) => run(backend, structure, given, dtype));
      sameBits(await plain!, await spoilt!);
    },
  }),
  hunt<AttentionStructure>({
    name: "padding: keys that no query sees change nothing, whatever is in them",
    pool: (seed, { keeps }) =>
      [...attentionPool("single")(seed), ...attentionPool("multiHead")(seed)].filter(
        (structure) =>
          structure.keyLead === undefined && // keys that belong to one row of the batch
          structure.sources !== "self" && // where a hidden key is a query, and asks
          (structure.keyLengths || isOfKeys(structure)) &&
          (keeps.infinity || structure.bias === "none" || !structure.hiding),
      ),
    describe: describeAttention,
    async claim(backend, example) {
      const { structure, dtype } = example,
        data = attentionDataOf(example);
      const [plain, spoilt] = [data, spoiltKeys(example, data, backend.supports)].map((given) =>
        attentionRun(backend, structure, given, dtype),
      );
      sameBits(await plain!, await spoilt!);
    },
  }),
];

function isDecoder({ choice }: Structure): boolean {
  return choice.kind === "recurrence" && choice.cell.cell === "attending";
}

function isOfKeys({ mask }: AttentionStructure): boolean {
  return mask === "keys" || mask === "rows";
}

/** x, extras per step and the upstream gradient of the outputs, with anything in the steps past each row's length and those its mask leaves out. */
function spoiltSteps({ structure, seed }: Example, data: Data, supports: Supports): Data {
  const any = anyOf(supports, seed),
    { extras, x, upstream } = data;
  const counts = countsOf(structure.steps, data);
  const spoil = (t: Bounded): Bounded => spoiltRows(t, (row, step) => !counts(row, step), any);
  const perStep = new Set(leaves<Extra>(extrasOf(structure)).flatMap(([path, { per }]) => (per === "step" ? [path] : [])));
  return {
    ...data,
    x: spoil(x),
    extras: extras && mapTree<Bounded, Bounded>(extras, (t, path) => (perStep.has(path) ? spoil(t) : t)),
    upstream: { ...upstream, outputs: spoil(upstream.outputs) },
  };
}

/** Keys and values, with anything in those that lengths or a mask of keys hide. */
function spoiltKeys({ structure, seed }: AttentionExample, data: AttentionData, supports: Supports): AttentionData {
  const any = anyOf(supports, seed),
    { keyLengths, mask, inputs } = data;
  const isHidden = (row: number, key: number): boolean =>
    (keyLengths !== undefined && key >= keyLengths[row]!) ||
    (mask !== undefined && isOfKeys(structure) && mask.value[structure.mask === "rows" ? row * structure.keys + key : key] === 0);
  const { query, ...attended } = inputs;
  return { ...data, inputs: { query: query!, ...mapTree<Bounded, Bounded>(attended, (x) => spoiltRows(x, isHidden, any)) } as Named };
}

/** x [batch, …, rows, columns] with other numbers in some rows. */
function spoiltRows({ shape, value }: Bounded, isSpoilt: (batch: number, row: number) => boolean, any: () => number): Bounded {
  const columns = shape.at(-1)!,
    rows = shape.at(-2)!,
    each = value.length / Math.max(1, shape[0]!);
  return known(
    shape,
    value.map((v, i) => (isSpoilt(Math.floor(i / each), Math.floor(i / columns) % rows) ? any() : v)),
  );
}

/** What a backend can hold at its worst. */
export function anyOf({ keeps }: Supports, seed: number): () => number {
  const next = uniform(seed),
    worst = [1e38, -1e38, ...(keeps.infinity ? [Infinity, -Infinity] : []), ...(keeps.nan ? [NaN] : [])];
  return () => worst[Math.floor(next() * worst.length)]!;
}

function sameBits(plain: Tree<Read>, spoilt: Tree<Read>): void {
  const found = new Map(leaves(spoilt));
  for (const [path, { data }] of leaves(plain)) {
    const other = found.get(path)!.data,
      at = data.findIndex((value: number, i: number) => !Object.is(value, other[i]));
    if (at >= 0) throw new Error(`${path}[${at}] should be ${data[at]} whatever lies in the padding, got ${other[at]}`);
  }
}
