// Whole legal Programs of every step kind. Built so that they are legal: what a view may touch is decided as it is drawn.
import type { DType, Kernel, Program, Shape, Slot, Step, Supports, View } from "@sluice/core";
import { allocate, dense, identical, injective, lower, overlap } from "@sluice/core/kit";
import type fc from "fast-check";
import { bodyOf, wholeBody } from "./bodies.ts";
import { type Choices, decided } from "./choices.ts";
import { layout, parts, reading, shapeOf, sizesOf, states, within } from "./views.ts";

export type Kind = Kernel["kind"];
export const kinds: readonly Kind[] = ["map", "reduce", "matmul", "gather", "scatter"];

export interface ProgramOptions {
  /** Step kinds to draw from. */
  readonly kinds: readonly Kind[];
  /** Most steps one after the other. */
  readonly steps: number;
  /** Scans around steps: none, up to two levels here and there, or around everything. */
  readonly scans: "none" | "some" | "all";
}

/** Legal Programs that a backend with `supports` takes. They shrink to few, small and plain steps. */
export function programs(supports: Supports, options: ProgramOptions): fc.Arbitrary<Program> {
  return decided((choose) => lower(build(choose, supports, options), supports.ops));
}

function build(choose: Choices, supports: Supports, options: ProgramOptions): Program {
  const draft = draftOf(choose, supports);
  const steps = stepsOf(choose, draft, options, [], options.scans === "all");
  return { name: "generated", slots: draft.slots, steps: [...draft.initial, ...steps] };
}

function stepsOf(choose: Choices, draft: Draft, options: ProgramOptions, lengths: readonly number[], scanned: boolean): Step[] {
  return Array.from({ length: 1 + choose.below(options.steps) }).flatMap((): Step[] => {
    const scan = scanned || (options.scans !== "none" && lengths.length < 2 && choose.once(4));
    if (!scan) {
      const kernel = kernels[choose.pick(options.kinds)](choose, draft, lengths);
      return [...draft.before.splice(0), kernel];
    }
    const length = choose.pick([2, 1, 3, 0]);
    return [{ kind: "scan", length, body: stepsOf(choose, draft, { ...options, steps: 2 }, [...lengths, length], false) }];
  });
}

/** The Program so far. */
interface Draft {
  readonly slots: Slot[];
  /** Steps before all others, which give scratch its first contents. */
  readonly initial: Step[];
  /** The same, but right before the step that is being drawn, in its scans: what lives for one iteration. */
  readonly before: Step[];
  /** Scratch that was given its contents so: a step elsewhere that accumulates into it might come first. */
  readonly local: Set<number>;
  readonly supports: Supports;
  readonly float: DType;
}

function draftOf(choose: Choices, supports: Supports): Draft {
  const floats = supports.dtypes.filter((dtype) => dtype !== "i32");
  return { slots: [], initial: [], before: [], local: new Set(), supports, float: choose.pick(floats) };
}

const kernels: { readonly [K in Kind]: (choose: Choices, draft: Draft, lengths: readonly number[]) => Kernel } = {
  map(choose, draft, lengths) {
    const shape = shapeOf(choose, 3);
    const whole = draft.supports.dtypes.includes("i32") && choose.once(10);
    const dtype = whole ? "i32" : draft.float;
    const inputs = inputsOf(choose, draft, shape, lengths, whole ? ["i32"] : readable(draft), draft.supports.bindings - 1);
    const body = whole ? wholeBody(choose, inputs.length) : bodyOf(choose, inputs.length);
    const outputs = outputsOf(choose, draft, dtype, shape, lengths, inputs);
    return {
      kind: "map",
      shape,
      body,
      inputs: outputs.inputs,
      outputs: outputs.views.map((view, at) => ({ view, value: at === 0 ? body.length - 1 : choose.below(body.length) })),
    };
  },
  reduce(choose, draft, lengths) {
    const shape = shapeOf(choose, 3);
    const folded = choose.below(shape.length + 1);
    const inputs = inputsOf(choose, draft, shape, lengths, readable(draft), draft.supports.bindings - 1);
    const accumulate = choose.once(3);
    const output = outputOf(choose, draft, draft.float, shape.slice(0, shape.length - folded), lengths, inputs, accumulate);
    return {
      kind: "reduce",
      shape,
      folded,
      combine: choose.pick(["sum", "max"]),
      body: bodyOf(choose, inputs.length),
      inputs,
      output,
      accumulate,
    };
  },
  matmul(choose, draft, lengths) {
    const batch = choose.once(3) ? sizesOf(choose, choose.below(3), 6) : [];
    const [m, k, n] = sizesOf(choose, 3, 4_000) as [number, number, number];
    const a = inputOf(choose, draft, [...batch, m, k], lengths, readable(draft));
    const b = inputOf(choose, draft, [...batch, k, n], lengths, readable(draft));
    const accumulate = choose.once(2);
    return { kind: "matmul", a, b, out: outputOf(choose, draft, draft.float, [...batch, m, n], lengths, [a, b], accumulate), accumulate };
  },
  gather(choose, draft, lengths) {
    const [rows, width, count] = sizesOf(choose, 3, 2_000) as [number, number, number];
    const table = inputOf(choose, draft, [rows, width], lengths, [draft.float]);
    const index = inputOf(choose, draft, [count], lengths, ["i32"]);
    return { kind: "gather", table, index, out: outputOf(choose, draft, draft.float, [count, width], lengths, [table, index]) };
  },
  scatter(choose, draft, lengths) {
    const [rows, width, count] = sizesOf(choose, 3, 2_000) as [number, number, number];
    const source = inputOf(choose, draft, [count, width], lengths, [draft.float]);
    const index = inputOf(choose, draft, [count], lengths, ["i32"]);
    return { kind: "scatter", source, index, out: outputOf(choose, draft, draft.float, [rows, width], lengths, [source, index], true) };
  },
};

/** What bodies and products may load: floats of either kind now and then, whole numbers too. */
function readable({ float, supports }: Draft): DType[] {
  return [float, float, float, float, ...supports.dtypes];
}

function inputsOf(
  choose: Choices,
  draft: Draft,
  shape: Shape,
  lengths: readonly number[],
  dtypes: readonly DType[],
  slots: number,
): View[] {
  const count = Math.min(choose.below(4), slots);
  if (count > 1 && choose.once(3)) {
    const { views, length } = parts(choose, count, shape, lengths);
    const slot = bound(draft, choose.pick(dtypes), length);
    return views.map((view) => ({ ...view, slot }));
  }
  return Array.from({ length: count }, () => inputOf(choose, draft, shape, lengths, dtypes));
}

/** A view to read: on a slot that is there already, on a constant, or on a new binding. */
function inputOf(choose: Choices, draft: Draft, shape: Shape, lengths: readonly number[], dtypes: readonly DType[]): View {
  const dtype = choose.pick(dtypes);
  const old = draft.slots.flatMap((slot, at) => (slot.dtype === dtype ? [at] : []));
  if (old.length > 0 && choose.once(2)) {
    const slot = choose.pick(old);
    const view = within(choose, shape, lengths, draft.slots[slot]!.length);
    if (view !== undefined) return { ...view, slot };
  }
  const { view, length } = reading(choose, shape, lengths);
  return { ...view, slot: choose.once(6) ? constant(choose, draft, dtype, length) : bound(draft, dtype, length) };
}

/** Outputs of a map, and its inputs with one of them in the place of an output, or as the state that an output follows. */
function outputsOf(
  choose: Choices,
  draft: Draft,
  dtype: DType,
  shape: Shape,
  lengths: readonly number[],
  inputs: readonly View[],
): { inputs: readonly View[]; views: View[] } {
  const { slots, supports } = draft;
  const room = supports.bindings - new Set(inputs.map(({ slot }) => slot)).size;
  if (inputs.length > 0 && choose.once(3)) {
    const [first, ...rest] = inputs as [View, ...View[]];
    const clear = rest.every((other) => !overlap(first, other, lengths) || identical(first, other, lengths));
    if (supports.inPlace && clear && slots[first.slot]!.dtype === dtype && slots[first.slot]!.data === undefined && injective(first))
      return { inputs, views: [first] };
    if (lengths.length > 0) {
      const { views, length } = states(choose, shape, lengths);
      const slot = bound(draft, dtype, length);
      return { inputs: [{ ...views[0], slot }, ...rest], views: [{ ...views[1], slot }] };
    }
  }
  const count = Math.min(1 + choose.below(3), room);
  if (count > 1 && choose.once(2)) {
    const { views, length } = parts(choose, count, shape, lengths);
    const slot = writable(choose, draft, dtype, length, lengths, false);
    return { inputs, views: views.map((view) => ({ ...view, slot })) };
  }
  const views: View[] = [];
  while (views.length < count) views.push(outputOf(choose, draft, dtype, shape, lengths, [...inputs, ...views]));
  return { inputs, views };
}

/** A view to write, apart from all views in `taken`: on a slot that is there already, or on a new one. */
function outputOf(
  choose: Choices,
  draft: Draft,
  dtype: DType,
  shape: Shape,
  lengths: readonly number[],
  taken: readonly View[],
  accumulate = false,
): View {
  const old = draft.slots.flatMap((slot, at) =>
    slot.dtype === dtype && slot.data === undefined && !(accumulate && draft.local.has(at)) ? [at] : [],
  );
  if (old.length > 0 && choose.once(2)) {
    const slot = choose.pick(old);
    const view = within(choose, shape, lengths, draft.slots[slot]!.length);
    if (view !== undefined && injective({ ...view, slot }) && !taken.some((other) => overlap({ ...view, slot }, other, lengths)))
      return { ...view, slot };
  }
  const { view, length } = layout(choose, shape, lengths);
  return { ...view, slot: writable(choose, draft, dtype, length, lengths, accumulate) };
}

function bound({ slots }: Draft, dtype: DType, length: number): number {
  return slots.push({ dtype, length, binding: slots.filter(({ binding }) => binding !== undefined).length }) - 1;
}

/** A new binding, or scratch with first contents, given once or in every iteration of the scans around. */
function writable(choose: Choices, draft: Draft, dtype: DType, length: number, lengths: readonly number[], accumulate: boolean): number {
  if (!choose.once(3)) return bound(draft, dtype, length);
  const slot = draft.slots.push({ dtype, length }) - 1;
  const local = !accumulate && choose.once(2);
  const view = dense(slot, [length], { advance: local ? lengths.map(() => 0) : [] });
  (local ? draft.before : draft.initial).push({
    kind: "map",
    shape: [length],
    body: [{ op: "const", value: 1 }],
    inputs: [],
    outputs: [{ view, value: 0 }],
  });
  if (local) draft.local.add(slot);
  return slot;
}

function constant(choose: Choices, { slots }: Draft, dtype: DType, length: number): number {
  const start = choose.below(4);
  return slots.push({ dtype, length, data: allocate(dtype, length).map((_: number, i: number) => start + i) }) - 1;
}
