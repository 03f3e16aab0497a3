// For tests: single steps over whole numbers, whose results are exact whatever the order, in every layout that is legal.
import type { Instruction, Kernel, Program, Slot, View } from "@sluice/core";
import fc from "fast-check";

/** One step, perhaps inside one scan, every slot bound. */
export interface Single {
  readonly program: Program;
  readonly step: Kernel;
  /** Iterations of the scan around the step; undefined where there is none. */
  readonly length: number | undefined;
}

/** Draws whole numbers from 0 to below − 1. */
type Draw = (below: number) => number;

export const kinds = ["map", "reduce", "gather", "scatter"] as const;

export function singles(kind: (typeof kinds)[number]): fc.Arbitrary<Single> {
  return fc.gen().map((gen): Single => {
    const draw: Draw = (below) => gen(fc.nat, below - 1);
    const length = draw(4) === 0 ? 1 + draw(3) : undefined;
    const slots: Slot[] = [];
    const layout = layouts(draw, slots, length);
    const step = steps[kind](draw, layout);
    const body = length === undefined ? [step] : [{ kind: "scan", length, body: [step] } as const];
    return { program: { name: "single", slots, steps: body }, step, length };
  });
}

interface Layout {
  (shape: readonly number[], options?: { readonly dtype?: "f32" | "i32"; readonly repeats?: boolean }): View;
}

/** Elements at the end of each slot, where a view may be moved to. */
const slackElements = 8;

/** Views on new slots: axes in any order, apart, flipped, repeated, moved by the scan. */
function layouts(draw: Draw, slots: Slot[], length: number | undefined): Layout {
  return (shape, { dtype = "f32", repeats = false } = {}) => {
    const strides = shape.map(() => 0);
    let [extent, offset] = [1 + (draw(3) === 0 ? draw(3) : 0), draw(3) === 0 ? draw(5) : 0];
    const axes = shape.map((_, axis) => axis);
    for (let left = axes.length; left > 0; left--) {
      const [axis] = draw(3) > 0 ? axes.splice(-1, 1) : axes.splice(draw(left), 1);
      if (repeats && draw(4) === 0) continue;
      const flips = draw(5) === 0;
      strides[axis!] = flips ? -extent : extent;
      if (flips) offset += extent * Math.max(0, shape[axis!]! - 1);
      extent = extent * Math.max(1, shape[axis!]!) + (draw(4) === 0 ? draw(4) : 0);
    }
    const advance = length === undefined ? [] : [draw(2) === 0 ? 0 : extent];
    const slot = slots.push({ dtype, length: offset + extent * (length ?? 1) + 1 + slackElements, binding: slots.length }) - 1;
    return { slot, offset, shape, strides, advance };
  };
}

const steps: { readonly [K in (typeof kinds)[number]]: (draw: Draw, layout: Layout) => Kernel } = {
  map(draw, layout) {
    const shape = shapeOf(draw);
    const inputs = inputsOf(draw, layout, shape);
    const body = bodyOf(draw, inputs.length);
    const count = 1 + draw(3);
    const outputs = Array.from({ length: count }, (_, o) => ({
      view: layout(shape, { dtype: draw(5) === 0 ? "i32" : "f32" }),
      value: o === 0 ? body.length - 1 : draw(body.length),
    }));
    const isAlone = inputs.filter(({ slot }) => slot === inputs[0]?.slot).length === 1;
    const isInPlace = isAlone && !inputs[0]!.strides.includes(0) && draw(3) === 0;
    return {
      kind: "map",
      shape,
      body,
      inputs,
      outputs: isInPlace ? [{ view: inputs[0]!, value: body.length - 1 }, ...outputs.slice(1)] : outputs,
    };
  },
  reduce(draw, layout) {
    const shape = shapeOf(draw);
    const folded = draw(shape.length + 1);
    const inputs = inputsOf(draw, layout, shape);
    const output = layout(shape.slice(0, shape.length - folded));
    const combine = draw(2) === 0 ? "sum" : "max";
    return { kind: "reduce", shape, folded, combine, body: bodyOf(draw, inputs.length), inputs, output, accumulate: draw(3) === 0 };
  },
  gather(draw, layout) {
    const [rows, width, count] = [draw(9), size(draw), size(draw)];
    const dtype = draw(5) === 0 ? "i32" : "f32";
    return {
      kind: "gather",
      table: layout([rows, width], { dtype, repeats: true }),
      index: layout([count], { dtype: "i32", repeats: true }),
      out: layout([count, width], { dtype }),
    };
  },
  scatter(draw, layout) {
    const [rows, width, count] = [draw(9), size(draw), size(draw)];
    return {
      kind: "scatter",
      source: layout([count, width], { repeats: true }),
      index: layout([count], { dtype: "i32", repeats: true }),
      out: layout([rows, width]),
    };
  },
};

/** At most some thousand elements. */
function shapeOf(draw: Draw): number[] {
  const shape: number[] = [];
  for (let left = draw(5), elements = 1; left > 0; left--, elements *= shape.at(-1)!) shape.push(elements > 500 ? 1 + draw(3) : size(draw));
  return shape;
}

/** Small, mostly; now and then long enough for whole blocks. */
function size(draw: Draw): number {
  return draw(12) === 0 ? draw(180) : draw(40) === 0 ? 0 : 1 + draw(9);
}

/** Now and then one that lies like the one before it, a little further in the same slot. */
function inputsOf(draw: Draw, layout: Layout, shape: readonly number[]): View[] {
  const inputs: View[] = [];
  for (let left = draw(4); left > 0; left--) {
    const before = inputs.at(-1);
    const isNew = before === undefined || draw(3) > 0;
    inputs.push(
      isNew ? layout(shape, { dtype: draw(5) === 0 ? "i32" : "f32", repeats: true }) : { ...before, offset: before.offset + draw(3) },
    );
  }
  return inputs;
}

/** Every exact operation; values stay small. */
function bodyOf(draw: Draw, inputs: number): Instruction[] {
  const body: Instruction[] = Array.from({ length: inputs }, (_, input) => ({ op: "load", input }));
  if (inputs === 0 || draw(2) === 0) body.push({ op: "const", value: draw(7) - 3 });
  const any = (): number => draw(body.length);
  for (let left = draw(6); left > 0; left--) {
    const op = (["add", "sub", "max", "min", "less", "neg", "select"] as const)[draw(7)]!;
    if (op === "neg") body.push({ op, x: any() });
    else if (op === "select") body.push({ op, test: any(), x: any(), y: any() });
    else body.push({ op, x: any(), y: any() });
  }
  return body;
}
