// For tests and measurements: one kernel in a module over a memory of its own, with bytes around every slot that must stay as they are.
import type { Kernel, Program, TypedArray } from "@sluice/core";
import { call, createModule, get, globalGet, globalSet, i32 } from "../../wasm/index.ts";
import { type KernelContext, parametersOf } from "../../codegen/kernelFunction.ts";
import { kernelOf } from "../kernelOf.ts";

export interface Harness {
  /** The contents of the slots. */
  readonly slots: readonly TypedArray[];
  /** Bytes of the module. */
  readonly size: number;
  readonly parts: number;
  /** Computes parts `from` to `to`, by default all, in iteration `times` of the scans. */
  run(times?: readonly number[], from?: number, to?: number): void;
  /** Are all bytes outside of slots and workspace as they were? */
  untouched(): boolean;
}

/** A step that is no scan. The first slot lies where memory begins and the last where it ends: one byte outside is a fault. */
export function harness(slots: Program["slots"], step: Kernel, scans = 0): Harness {
  const module = createModule();
  const bases = slots.map(() => module.global());
  const workspaceGlobal = module.global();
  const dtypes = slots.map(({ dtype }) => dtype);
  const context: KernelContext = {
    module,
    dtypes,
    base: (slot) => globalGet(bases[slot]!),
    panels: () => [],
    workspace: globalGet(workspaceGlobal),
  };
  const { code, parts, workspaceBytes: workspace } = kernelOf(context, { kind: "kernel", step }, scans);
  const sizes = [...slots.map(({ length }) => 4 * length), workspace];
  const { places, pages } = layout(sizes, slots.length - 1);
  const run = module.function({ params: parametersOf(scans) }, ({ params }) => [
    bases.map((base, at) => globalSet(base, i32.const(places[at]!))),
    globalSet(workspaceGlobal, i32.const(places.at(-1)!)),
    call(code, ...params.map(get)),
  ]);
  module.export("run", run);
  const bytes = module.encode();
  const memory = new WebAssembly.Memory({ initial: pages });
  const all = new Uint8Array(memory.buffer).map((_, i) => pattern(i));
  new Uint8Array(memory.buffer).set(all);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const entry = exports["run"] as (...parameters: readonly number[]) => void;
  return {
    slots: slots.map(({ dtype, length }, at) => new (dtype === "i32" ? Int32Array : Float32Array)(memory.buffer, places[at], length)),
    size: bytes.length,
    parts,
    run: (times = new Array<number>(scans).fill(0), from = 0, to = parts) => entry(...times, from, to),
    untouched() {
      const now = new Uint8Array(memory.buffer).slice();
      sizes.forEach((size, at) => now.set(all.subarray(places[at]!, places[at]! + size), places[at]!));
      return now.every((byte, i) => byte === pattern(i));
    },
  };
}

/** Multiples of 64, some way apart, but for the one that ends where memory ends. */
function layout(sizes: readonly number[], last: number): { places: number[]; pages: number } {
  let end = 0;
  const places = sizes.map((size, at) => {
    if (at === last && at > 0) return 0;
    const place = end;
    end = Math.ceil((place + size) / 64) * 64 + 64;
    return place;
  });
  const pages = Math.ceil((end + sizes[last]!) / 65536);
  if (last > 0) places[last] = pages * 65536 - sizes[last]!;
  return { places, pages };
}

function pattern(i: number): number {
  return 1 + (i % 251);
}
