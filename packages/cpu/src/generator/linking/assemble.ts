// A Program as one WebAssembly module: a function per kernel, and `run`, whose loops are the scans.
import type { Program } from "@sluice/core";
import type { KernelContext } from "../codegen/kernelFunction.ts";
import { type PlannedKernel, kernelOf } from "../kernels/kernelOf.ts";
import { type Panels, type PlannedStep, planPanels } from "../plans/planPanels.ts";
import { type Code, type Local, type Module, countUp, createModule, get, globalGet, globalSet, i32, ifElse, ret } from "../wasm/index.ts";
import { accessesOf } from "./accesses.ts";
import { type Launcher, type ThreadGlobals, multiThreaded, singleThreaded } from "./launcher.ts";

/**
 * A module that exports `run(table)`. At `table` stand, as i32, the byte address of every slot, of every panel and of the workspace;
 * then for every panel that is kept from run to run whether to pack it anew.
 */
export interface Assembled extends Linked {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A Program as a function of a module, and what it needs to run. */
export interface Linked {
  readonly panels: readonly Panels[];
  /** Bytes that some kernel may use while it runs; each thread has so many of its own, one after the other. */
  readonly workspaceBytes: number;
}

/** Threads that run one Program together, over a memory of at most so many pages. */
export interface ThreadOptions {
  readonly pages: number;
}

/**
 * The same bytes for Programs of the same structure, whatever they are named and bound to. Only for Programs without f64.
 *
 * For threads that share their memory `run` takes more: `run(table, thread, threads, spinLimit, barrier)`, called by each of them with its number,
 * how many there are, how often to look before sleeping, and the address of their barrier (`barrierLayout`). It returns 0, or another number where it was stopped.
 */
export function assemble(program: Program, threadOptions?: ThreadOptions): Assembled {
  const module = createModule(threadOptions === undefined ? {} : { shared: threadOptions.pages });
  const linked = link(module, "run", program, threadOptions);
  return { bytes: module.encode(), ...linked };
}

/** Programs that run on one thread as one module, which exports for each what `run` is, under its own name: what several compute is there once. */
export function assembleAll<N extends string>(
  programs: Readonly<Record<N, Program>>,
): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly linked: Readonly<Record<N, Linked>>;
} {
  const module = createModule();
  const linked = Object.entries<Program>(programs).map(([name, program]) => [name, link(module, name, program)] as const);
  return { bytes: module.encode(), linked: Object.fromEntries(linked) as Record<N, Linked> }; // one for each
}

function link(module: Module, name: string, program: Program, threadOptions?: ThreadOptions): Linked {
  const { ops: steps, panels } = planPanels(program);
  const slots = program.slots.length;
  const bases = Array.from({ length: slots + panels.length + 1 }, () => module.global());
  const workspace = bases.at(-1)!;
  const context: KernelContext = {
    module,
    dtypes: program.slots.map(({ dtype }) => dtype),
    base: (slot) => globalGet(bases[slot]!),
    panels: (at) => globalGet(bases[slots + at]!),
    workspace: globalGet(workspace),
  };
  let workspaceBytes = 0;

  /** The code of all steps, launched by `all`; `table` and new locals are those of `run`. */
  const body = (all: Launcher, table: Local, local: () => Local): Code => {
    const iterations: Local[] = [];
    const launch = (launcher: Launcher, step: PlannedKernel, scans: number): Code => {
      const kernel = kernelOf(context, step, scans);
      workspaceBytes = Math.max(workspaceBytes, Math.ceil(kernel.workspaceBytes / 64) * 64);
      return kernel.parts === 0 ? [] : launcher.launch(kernel, iterations.slice(0, scans).map(get), accessesOf(step, slots));
    };
    const codeOf = (step: PlannedStep, scans: number, launcher: Launcher): Code => {
      switch (step.kind) {
        case "pack": {
          if (panels[step.panels]!.cachedSlot === undefined) return launch(launcher, step, scans);
          const isStale = i32.load(get(table), 4 * (bases.length + step.panels));
          return [launcher.join(), ifElse(isStale, [launch(launcher, step, scans), launcher.join()])];
        }
        case "kernel":
          return launch(launcher, step, scans);
        case "scan": {
          const iteration = (iterations[scans] ??= local());
          const inside = (launcher: Launcher): Code => step.body.map((inner) => codeOf(inner, scans + 1, launcher));
          if (step.isParallel) return launcher.parallelFor(iteration, step.length, inside, accessesOf(step, slots));
          return [launcher.join(), countUp(iteration, i32.const(0), i32.const(step.length), 1, [inside(launcher), launcher.join()])];
        }
      }
    };
    return [steps.map((step) => codeOf(step, 0, all)), all.join()];
  };
  const setUp = (table: Local): Code => bases.map((base, at) => globalSet(base, i32.load(get(table), 4 * at)));

  if (threadOptions === undefined) {
    const run = module.function({ params: ["i32"] }, ({ params: [table], local }) => {
      const code = body(singleThreaded, table, () => local("i32"));
      return [setUp(table), code];
    });
    module.export(name, run);
  } else {
    const globals: ThreadGlobals = {
      thread: module.global(),
      threads: module.global(),
      spinLimit: module.global(),
      barrier: module.global(),
    };
    const run = module.function(
      { params: ["i32", "i32", "i32", "i32", "i32"], result: "i32" },
      ({ params: [table, thread, threads, spinLimit, barrier], local }) => {
        const code = body(multiThreaded(module, globals, ret(i32.const(1))), table, () => local("i32"));
        const ownWorkspace = globalSet(workspace, i32.add(globalGet(workspace), i32.mul(get(thread), i32.const(workspaceBytes))));
        const given = [
          globalSet(globals.thread, get(thread)),
          globalSet(globals.threads, get(threads)),
          globalSet(globals.spinLimit, get(spinLimit)),
          globalSet(globals.barrier, get(barrier)),
        ];
        return [setUp(table), ownWorkspace, given, code, i32.const(0)];
      },
    );
    module.export(name, run);
  }
  return { panels, workspaceBytes };
}
