// For tests and measurements: the kernels of a Program in one module over a memory of their own.
import type { Program, TypedArray } from "@sluice/core";
import { type Code, type Local, call, countUp, createModule, get, globalGet, globalSet, i32 } from "../../../wasm/index.ts";
import type { KernelContext } from "../../../codegen/kernelFunction.ts";
import { kernelOf } from "../../kernelOf.ts";
import { type PlannedStep, planPanels } from "../../../plans/planPanels.ts";

export interface Harness {
  /** The contents of the slots: NaN, or what of an i32 has the same bits. */
  readonly slots: readonly TypedArray[];
  /** Bytes of the module. */
  readonly size: number;
  run(): void;
  /** As `run`, but without packing anew what a Program keeps. */
  runPacked(): void;
  /** Is everything as it was that is neither slot nor panel nor workspace? */
  untouched(): boolean;
}

export interface HarnessOptions {
  /** The slot that lies at the beginning of the memory and the one that lies at its end: one byte outside is a fault. */
  readonly ends?: readonly [first: number, last: number];
  /** Where to cut so many parts, ascending; nowhere by default. */
  readonly cuts?: (parts: number) => readonly number[];
}

export function harness(program: Program, { ends = [0, program.slots.length - 1], cuts = () => [] }: HarnessOptions = {}): Harness {
  const { ops, panels } = planPanels(program);
  const module = createModule();
  const bases = [...program.slots, ...panels].map(() => module.global());
  const workspaceGlobal = module.global();
  const context: KernelContext = {
    module,
    dtypes: program.slots.map(({ dtype }) => dtype),
    base: (slot) => globalGet(bases[slot]!),
    panels: (at) => globalGet(bases[program.slots.length + at]!),
    workspace: globalGet(workspaceGlobal),
  };
  let workspace = 0;
  const codeOf = (op: PlannedStep, times: readonly Local[], local: () => Local): Code => {
    if (op.kind === "scan") {
      const time = local();
      const body = op.body.map((inner) => codeOf(inner, [...times, time], local));
      return countUp(time, i32.const(0), i32.const(op.length), 1, body);
    }
    const kernel = kernelOf(context, op, times.length);
    workspace = Math.max(workspace, kernel.workspaceBytes);
    const ranges = [0, ...cuts(kernel.parts), kernel.parts];
    return ranges.slice(1).map((to, i) => call(kernel.code, times.map(get), i32.const(ranges[i]!), i32.const(to)));
  };
  const isKept = (op: PlannedStep): boolean => op.kind === "pack" && panels[op.panels]!.cachedSlot !== undefined;
  const runOf = (ops: readonly PlannedStep[]) =>
    module.function({ params: [] }, ({ local }) => ops.map((op) => codeOf(op, [], () => local("i32"))));
  const [run, runPacked] = [runOf(ops), runOf(ops.filter((op) => !isKept(op)))];

  const sizes = [...program.slots.map(({ length }) => 4 * length), ...panels.map(({ bytes }) => bytes), workspace];
  const { places, pages } = layout(sizes, ends);
  const withBases = (inner: { readonly index: number }) =>
    module.function({ params: [] }, () => [
      [...bases, workspaceGlobal].map((base, at) => globalSet(base, i32.const(places[at]!))),
      call(inner),
    ]);
  module.export("run", withBases(run));
  module.export("runPacked", withBases(runPacked));

  const bytes = module.encode();
  const memory = new WebAssembly.Memory({ initial: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const words = new Uint32Array(memory.buffer).fill(blank);
  const arrays = { f32: Float32Array, i32: Int32Array };
  return {
    slots: program.slots.map(({ dtype, length }, at) => new arrays[dtype as "f32" | "i32"](memory.buffer, places[at], length)),
    size: bytes.length,
    run: () => void exports["run"]!(),
    runPacked: () => void exports["runPacked"]!(),
    untouched() {
      const used = sizes.map((size, at) => [places[at]! / 4, (places[at]! + size) / 4] as const).sort(([x], [y]) => x - y);
      const gaps = used.map(([, end], i) => words.subarray(end, used[i + 1]?.[0] ?? words.length));
      return gaps.every((gap) => gap.every((word) => word === blank));
    },
  };
}

/** NaN. */
const blank = 0x7fc0_5a5a;

/** Places for so many bytes each, multiples of 64 but for the last one, with room between them. */
function layout(sizes: readonly number[], [first, last]: readonly [number, number]): { readonly places: number[]; readonly pages: number } {
  const places = sizes.map(() => 0);
  let end = 0;
  const order = [first, ...sizes.keys()].filter((at, i) => at !== last && (i === 0 || at !== first));
  for (const at of order) {
    places[at] = end;
    end += Math.ceil(sizes[at]! / 64) * 64 + 64;
  }
  const pages = Math.ceil((end + sizes[last]!) / 65536);
  places[last] = pages * 65536 - sizes[last]!;
  return { places, pages };
}
