// A Program as one WebAssembly module: a function per kernel, and `run`, whose loops are the scans.
import type { Program } from "@sluice/core";
import { usesOf } from "@sluice/core/kit";
import { type Code, type Local, countUp, createModule, get, globalGet, globalSet, i32, ifElse, ret } from "../wasm/index.ts";
import { type Crew, type Touches, alone, together } from "./crew.ts";
import type { KernelContext, KernelFunction } from "../codegen/kernelFunction.ts";
import { kernelOf } from "../kernels/kernelOf.ts";
import { type Panels, type PlannedStep, planPanels } from "../plans/planPanels.ts";

/**
 * A module that exports `run(table)`. At `table` stand, as i32, the byte address of every slot, of every panel and of the workspace;
 * then for every panel that is kept from run to run whether to pack it anew.
 */
export interface Assembled {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly panels: readonly Panels[];
  /** Bytes that some kernel may use while it runs; each thread has so many of its own, one after the other. */
  readonly workspace: number;
}

/** Threads that run one Program together, over a memory of at most so many pages. */
export interface Shared {
  readonly pages: number;
}

/**
 * The same bytes for Programs of the same structure, whatever they are named and bound to. Only for Programs without f64.
 *
 * For threads that share their memory `run` takes more: `run(table, thread, threads, spin, meeting)`, called by each of them with its number,
 * how many there are, how often to look before sleeping, and where they meet (`meeting` in crew.ts). It returns 0, or another number where it was stopped.
 */
export function assemble(program: Program, shared?: Shared): Assembled {
  const { ops, panels } = planPanels(program);
  const module = createModule(shared === undefined ? {} : { shared: shared.pages });
  const bases = Array.from({ length: program.slots.length + panels.length + 1 }, () => module.global());
  const context: KernelContext = {
    module,
    dtypes: program.slots.map(({ dtype }) => dtype),
    base: (slot) => globalGet(bases[slot]!),
    panels: (at) => globalGet(bases[program.slots.length + at]!),
    workspace: globalGet(bases.at(-1)!),
  };
  let workspace = 0;

  /** The code of all operations, launched by `crew`; `table` and new locals are those of `run`. */
  const body = (crew: Crew, table: Local, local: () => Local): Code => {
    const times: Local[] = [];
    const launch = (crew: Crew, kernel: KernelFunction, scans: number, touches: Touches): Code => {
      workspace = Math.max(workspace, Math.ceil(kernel.workspaceBytes / 64) * 64);
      return kernel.parts === 0 ? [] : crew.launch(kernel, times.slice(0, scans).map(get), touches);
    };
    const codeOf = (op: PlannedStep, scans: number, crew: Crew): Code => {
      switch (op.kind) {
        case "pack": {
          const packing = (): Code => launch(crew, kernelOf(context, op, scans), scans, touchesOf(op, program.slots.length));
          if (panels[op.panels]!.cachedSlot === undefined) return packing();
          const isStale = i32.load(get(table), 4 * (bases.length + op.panels));
          return [crew.join(), ifElse(isStale, [packing(), crew.join()])];
        }
        case "kernel":
          return launch(crew, kernelOf(context, op, scans), scans, touchesOf(op, program.slots.length));
        case "scan": {
          const time = (times[scans] ??= local());
          const inside = (crew: Crew): Code => op.body.map((step) => codeOf(step, scans + 1, crew));
          if (op.isParallel) return crew.groups(time, op.length, inside, touchesOf(op, program.slots.length));
          return [crew.join(), countUp(time, i32.const(0), i32.const(op.length), 1, [inside(crew), crew.join()])];
        }
      }
    };
    return [ops.map((op) => codeOf(op, 0, crew)), crew.join()];
  };
  const setUp = (table: Local): Code => bases.map((base, at) => globalSet(base, i32.load(get(table), 4 * at)));

  if (shared === undefined) {
    const run = module.function({ params: ["i32"] }, ({ params: [table], local }) => {
      const code = body(alone, table, () => local("i32"));
      return [setUp(table), code];
    });
    module.export("run", run);
  } else {
    const crew = { thread: module.global(), threads: module.global(), spin: module.global(), at: module.global() };
    const run = module.function(
      { params: ["i32", "i32", "i32", "i32", "i32"], result: "i32" },
      ({ params: [table, thread, threads, spin, at], local }) => {
        const code = body(together(module, crew, ret(i32.const(1))), table, () => local("i32"));
        const own = globalSet(bases.at(-1)!, i32.add(globalGet(bases.at(-1)!), i32.mul(get(thread), i32.const(workspace))));
        const known = [
          globalSet(crew.thread, get(thread)),
          globalSet(crew.threads, get(threads)),
          globalSet(crew.spin, get(spin)),
          globalSet(crew.at, get(at)),
        ];
        return [setUp(table), own, known, code, i32.const(0)];
      },
    );
    module.export("run", run);
  }
  return { bytes: module.encode(), panels, workspace };
}

/** Panels are numbered after the slots. */
function touchesOf(op: PlannedStep, slots: number): Touches {
  switch (op.kind) {
    case "pack":
      return { reads: [op.right.view.slot], writes: [slots + op.panels] };
    case "kernel": {
      const uses = usesOf(op.step);
      const [read, written] = [uses.filter(({ access }) => access !== "write"), uses.filter(({ access }) => access !== "read")];
      const packed = op.panels === undefined ? [] : [slots + op.panels];
      return { reads: [...read.map(({ view }) => view.slot), ...packed], writes: written.map(({ view }) => view.slot) };
    }
    case "scan": {
      const inside = op.body.map((inner) => touchesOf(inner, slots));
      return { reads: inside.flatMap(({ reads }) => reads), writes: inside.flatMap(({ writes }) => writes) };
    }
  }
}
