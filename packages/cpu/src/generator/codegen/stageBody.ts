// When each instruction of a body is computed, and what a body costs.
import type { Instruction } from "@sluice/core";
import { operandsOf } from "@sluice/core/kit";
import { scalars } from "./scalars.ts";

export interface Stages {
  /** How many there are: as many as long functions follow each other, at least one. */
  readonly count: number;
  /**
   * Stage of each instruction; −1 for uniform ones. A long function and what follows from it belong to a stage of their own; every other
   * instruction to the stage of its first user, as late as possible.
   */
  readonly stage: readonly number[];
  /** Users of each instruction, once per operand; none where nothing that is wanted needs it. */
  readonly usersOf: readonly (readonly number[])[];
}

export function stagesOf(body: readonly Instruction[], wanted: readonly number[], isUniform: (input: number) => boolean): Stages {
  const usersOf = findUsers(body, wanted);
  const isVarying: boolean[] = [];
  for (const instruction of body)
    isVarying.push(
      instruction.op === "load" ? !isUniform(instruction.input) : operandsOf(instruction).some((operand) => isVarying[operand]!),
    );
  const isLong = (at: number): boolean => isVarying[at]! && scalarOf(body[at]!)?.long === true;
  const isAfterLong: boolean[] = [];
  body.forEach((instruction, at) => isAfterLong.push(isLong(at) || operandsOf(instruction).some((operand) => isAfterLong[operand]!)));
  // Long functions on the way from each instruction to whatever is wanted, without and with its own.
  const after: number[] = [];
  const from = (at: number): number => after[at]! + (isLong(at) ? 1 : 0);
  for (let at = body.length - 1; at >= 0; at--) after[at] = Math.max(0, ...usersOf[at]!.map(from));
  const count = Math.max(1, ...body.map((_, at) => (usersOf[at]!.length > 0 || wanted.includes(at) ? from(at) : 0)));
  const stage: number[] = [];
  for (let at = body.length - 1; at >= 0; at--) {
    const last = isAfterLong[at] ? count - 1 - after[at]! : Math.min(count - 1, ...usersOf[at]!.map((user) => stage[user]!));
    stage[at] = isVarying[at] ? last : -1;
  }
  return { count, stage, usersOf };
}

/** What evaluating the wanted values once costs, in machine instructions. */
export function bodyCost(body: readonly Instruction[], wanted: readonly number[]): number {
  const usersOf = findUsers(body, wanted);
  return body.reduce((sum, instruction, at) => {
    const isNeeded = usersOf[at]!.length > 0 || wanted.includes(at);
    return sum + (isNeeded ? (scalarOf(instruction)?.cost ?? 0) : 0);
  }, 0);
}

function findUsers(body: readonly Instruction[], wanted: readonly number[]): number[][] {
  const usersOf = body.map((): number[] => []);
  for (let at = body.length - 1; at >= 0; at--)
    if (usersOf[at]!.length > 0 || wanted.includes(at)) for (const operand of operandsOf(body[at]!)) usersOf[operand]!.push(at);
  return usersOf;
}

function scalarOf({ op }: Instruction) {
  return op === "const" || op === "load" ? undefined : scalars[op];
}
