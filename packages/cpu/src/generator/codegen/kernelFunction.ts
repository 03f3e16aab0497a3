// What a kernel is to the rest: a function of a module that computes some parts of one step. Which kernels there are it does not know.
import type { DType, View } from "@sluice/core";
import { type Callable, type Code, type FunctionScope, type Local, type Module, get, i32 } from "../wasm/index.ts";

/** What a kernel is written with. */
export interface KernelContext {
  readonly module: Module;
  /** Of every slot: "f32" or "i32". */
  readonly dtypes: readonly DType[];
  /** The first byte of a slot, a multiple of 64. */
  base(slot: number): Code;
  /** The first byte of the i-th packed operand, a multiple of 64. */
  panels(i: number): Code;
  /** The first byte of room that a kernel may use while it runs, a multiple of 64. */
  readonly workspace: Code;
}

/**
 * One step as code. It may be cut: parts write elements of their own, and how many there are follows from shapes only,
 * so that whoever computes which part, the bits are the same.
 */
export interface KernelFunction {
  /** Its parameters are the iteration of every enclosing scan, outermost first, then the first part to compute and the end. */
  readonly code: Callable;
  readonly parts: number;
  /** Bytes of workspace it needs. */
  readonly workspaceBytes: number;
}

/** Parameters of a kernel inside so many scans. */
export function parametersOf(scans: number): readonly "i32"[] {
  return new Array<"i32">(scans + 2).fill("i32");
}

/** The parameters of a kernel by name. */
export function kernelParameters({ params }: FunctionScope): {
  readonly iterations: readonly Local[];
  readonly from: Local;
  readonly to: Local;
} {
  return { iterations: params.slice(0, -2), from: params.at(-2)!, to: params.at(-1)! };
}

/** The byte address of a view's first element in these iterations of its scans. All slots have elements of 4 bytes. */
export function addressOf(context: KernelContext, view: Pick<View, "slot" | "offset" | "advance">, iterations: readonly Local[]): Code {
  const moves = view.advance.flatMap((advance, d) => (advance === 0 ? [] : [i32.mul(get(iterations[d]!), i32.const(advance * 4))]));
  return [i32.const(view.offset * 4), ...moves].reduce((sum, term) => i32.add(sum, term), context.base(view.slot));
}
