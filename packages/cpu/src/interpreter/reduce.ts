// reduce: run the body over blocks whose rows lie along the folded axes, combine each block's rows pairwise, and add up the blocks with compensation.
import type { DType, ReduceStep, View } from "@sluice/core";
import { bodyType, type Launch } from "@sluice/core/kit";
import { type Input, prepare } from "./body.ts";
import type { Buffer } from "../memory/buffer.ts";
import { type Reduction, reductions } from "./reductions.ts";
import { type Visit, grid, isUniform, resolveStarts } from "./grid.ts";
import { type Machine, block } from "./machine.ts";
import { type Nest, collapseAxes, nestOf, padAxes, sortAxes } from "../loops/nest.ts";
import { read, write } from "./transfer.ts";

export function reduce(machine: Machine, step: ReduceStep, dtypes: readonly DType[]): Launch<Buffer> {
  const { body, inputs, output, accumulate, combine } = step;
  const views = [...inputs, output];
  const { kept, folded, height, width } = reductionLoops(step);
  const outer = grid(kept, 1, width);
  const inner = grid(folded, 1, height);
  const layouts = inputs.map((view, v) => layoutOfInput(kept, folded, v, dtypes[view.slot]!, height, width));
  const { begin, evaluate, values, registers } = prepare(machine, { body, dtype: bodyType(step, dtypes) }, layouts, [body.length - 1]);
  const accumulator = accumulatorOf(machine, registers, reductions[combine]);
  const dtype = dtypes[output.slot]!;
  const out = { row: 0, step: kept.strides[inputs.length]!.at(-1)! };
  let columns = 0;
  const fold: Visit = (at, _one, rows) => {
    evaluate(at, rows, columns);
    accumulator.add(values[0]!, rows, columns);
  };
  const visit: Visit = (at, _one, count) => {
    const where = at[inputs.length]!;
    columns = count;
    accumulator.clear(count);
    if (accumulate) read(machine.memory, dtype, where, out, 1, count, accumulator.sums, count);
    inner(at, fold);
    accumulator.finish(count);
    write(machine.memory, dtype, where, out, 1, count, accumulator.sums, count);
  };
  const from = new Array<number>(views.length).fill(0);
  return (slots, t) => {
    begin();
    outer(resolveStarts(views, slots, t, from), visit);
  };
}

interface ReductionLoops {
  /** The loops over what is kept, for inputs and the output. */
  readonly kept: Nest;
  /** The loops over what is folded, for inputs. */
  readonly folded: Nest;
  /** Folded indices in a block: its rows. */
  readonly height: number;
  /** Kept indices in a block: its columns. */
  readonly width: number;
}

/** Orders both groups of axes for the first input, and makes blocks long in whichever it is denser. */
function reductionLoops({ shape, folded: count, inputs, output }: ReduceStep): ReductionLoops {
  const keptRank = shape.length - count;
  const sideNest = (views: readonly View[], from: number, to: number): Nest =>
    padAxes(
      collapseAxes(
        sortAxes(
          nestOf(
            shape.slice(from, to),
            views.map(({ strides }) => ({ strides: strides.slice(from, to) })),
          ),
          0,
        ),
      ),
      2,
    );
  const kept = sideNest([...inputs, output], 0, keptRank);
  const folded = sideNest(inputs, keptRank, shape.length);
  const [down, across] = [Math.max(1, folded.sizes.at(-1)!), Math.max(1, kept.sizes.at(-1)!)];
  const distance = ({ strides }: Nest): number => Math.abs(strides[0]?.at(-1) ?? 0);
  // Where the kept axis is the denser one, at least 8 rows share the cost of adding a block to the totals.
  const width = Math.min(across, distance(folded) <= distance(kept) ? Math.max(1, Math.floor(block / down)) : block / 8);
  return { kept, folded, height: Math.min(down, Math.floor(block / width)), width };
}

/** The strides of input v in a block: rows along the innermost folded axis, columns along the innermost kept one. */
function layoutOfInput(kept: Nest, folded: Nest, v: number, dtype: DType, height: number, width: number): Input {
  const along = [...kept.strides[v]!, ...folded.strides[v]!];
  const counts = [
    ...kept.sizes.slice(0, -1),
    Math.ceil(kept.sizes.at(-1)! / width),
    ...folded.sizes.slice(0, -1),
    Math.ceil(folded.sizes.at(-1)! / height),
  ];
  return { dtype, row: folded.strides[v]!.at(-1)!, step: kept.strides[v]!.at(-1)!, uniform: isUniform(counts, along) };
}

/** The running totals of one block of kept indices. */
interface Accumulator {
  /** To start from other values than the identity, set these after `clear`. */
  readonly sums: Float64Array;
  clear(columns: number): void;
  add(block: Float64Array, rows: number, columns: number): void;
  /** Puts what rounding lost back into `sums`. */
  finish(columns: number): void;
}

function accumulatorOf(machine: Machine, free: number, { identity, halve, addBlock }: Reduction): Accumulator {
  const [work, sums, compensation] = [machine.register(free), machine.register(free + 1), machine.register(free + 2)];
  return {
    sums,
    clear(columns) {
      sums.fill(identity, 0, columns);
      compensation.fill(0, 0, columns);
    },
    add(block, rows, columns) {
      let from = block;
      let left = rows;
      do {
        const half = left >> 1;
        halve(work, from, half * columns, (left - half) * columns);
        from = work;
        left -= half;
      } while (left > 1);
      addBlock(sums, compensation, work, columns);
    },
    finish(columns) {
      // Beside infinity and NaN the loss means nothing; adding a loss of 0 would make 0 of −0.
      for (let i = 0; i < columns; i++) if (compensation[i] !== 0 && Number.isFinite(sums[i])) sums[i] = sums[i]! + compensation[i]!;
    },
  };
}
