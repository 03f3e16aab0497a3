// When each instruction of a body is computed, and what a body costs.
import type { Instruction } from "@sluice/core";
import { operandsOf } from "@sluice/core/kit";
import { scalars } from "./scalars.ts";

export interface Stages {
  /** How many there are: as many as long functions follow each other, at least one. */
  readonly count: number;
  /**
   * Per instruction: −1 where it is the same for a whole row. Otherwise as late as it may be: a long function and what is made of it before
   * the next one, all else together with what takes it.
   */
  readonly stage: readonly number[];
  /** Per instruction: those that take it, once per operand; none where nothing that is wanted needs it. */
  readonly takers: readonly (readonly number[])[];
}

export function stagesOf(body: readonly Instruction[], wanted: readonly number[], isStill: (input: number) => boolean): Stages {
  const takers = takersOf(body, wanted);
  const moves: boolean[] = [];
  for (const instruction of body)
    moves.push(instruction.op === "load" ? !isStill(instruction.input) : operandsOf(instruction).some((operand) => moves[operand]!));
  const isLong = (at: number): boolean => moves[at]! && scalarOf(body[at]!)?.long === true;
  const isAfterLong: boolean[] = [];
  body.forEach((instruction, at) => isAfterLong.push(isLong(at) || operandsOf(instruction).some((operand) => isAfterLong[operand]!)));
  // Long functions on the way from each instruction to whatever is wanted, without and with its own.
  const after: number[] = [];
  const from = (at: number): number => after[at]! + (isLong(at) ? 1 : 0);
  for (let at = body.length - 1; at >= 0; at--) after[at] = Math.max(0, ...takers[at]!.map(from));
  const count = Math.max(1, ...body.map((_, at) => (takers[at]!.length > 0 || wanted.includes(at) ? from(at) : 0)));
  const stage: number[] = [];
  for (let at = body.length - 1; at >= 0; at--) {
    const last = isAfterLong[at] ? count - 1 - after[at]! : Math.min(count - 1, ...takers[at]!.map((user) => stage[user]!));
    stage[at] = moves[at] ? last : -1;
  }
  return { count, stage, takers };
}

/** What evaluating the wanted values once costs, in machine instructions. */
export function costOf(body: readonly Instruction[], wanted: readonly number[]): number {
  const takers = takersOf(body, wanted);
  return body.reduce((sum, instruction, at) => {
    const isNeeded = takers[at]!.length > 0 || wanted.includes(at);
    return sum + (isNeeded ? (scalarOf(instruction)?.cost ?? 0) : 0);
  }, 0);
}

function takersOf(body: readonly Instruction[], wanted: readonly number[]): number[][] {
  const takers = body.map((): number[] => []);
  for (let at = body.length - 1; at >= 0; at--)
    if (takers[at]!.length > 0 || wanted.includes(at)) for (const operand of operandsOf(body[at]!)) takers[operand]!.push(at);
  return takers;
}

function scalarOf({ op }: Instruction) {
  return op === "const" || op === "load" ? undefined : scalars[op];
}
