// Bodies as equations: `c′ = sigmoid(z₁)·c + sigmoid(z₀)·tanh(z₂)`. It knows names and precedence, not steps.
import type { BinaryOp, Instruction, Program, View } from "../../backend.ts";
import { operandsOf } from "../body.ts";
import { signed, slotName } from "./notation.ts";

/** A stored value: instruction `value` goes to `view`. */
export interface Named {
  readonly view: View;
  readonly value: number;
}

export interface BodyText {
  /** The name of each input. */
  readonly inputs: readonly string[];
  /** The equations to write, in order; `output` is the position of the output that one of them is stored to. */
  readonly values: readonly { readonly name: string; readonly equation: string; readonly output?: number }[];
}

/** Names what is loaded after its slot, what is stored likewise with a prime, and what is used more than once v0, v1, …; all else is inlined. */
export function bodyText(program: Program, body: readonly Instruction[], inputs: readonly View[], outputs: readonly Named[]): BodyText {
  const loads = named(program, inputs, "");
  const stores = named(
    program,
    outputs.map(({ view }) => view),
    "′",
  );
  const uses = usesOf(body, outputs);
  const texts: Text[] = [];
  const values: BodyText["values"][number][] = [];
  let shared = 0;
  body.forEach((instruction, at) => {
    const text = textOf(instruction, texts, loads);
    const stored = outputs.flatMap(({ value }, output) => (value === at ? [output] : []));
    const repeated = uses[at]! > 1 && operandsOf(instruction).length > 0;
    const name = stored.length > 0 ? stores[stored[0]!]! : repeated ? `v${shared++}` : undefined;
    texts.push(name === undefined ? text : atom(name));
    if (stored.length === 0 && name !== undefined) values.push({ name, equation: text.text });
    stored.forEach((output, nth) => values.push({ name: stores[output]!, equation: nth === 0 ? text.text : name!, output }));
  });
  return { inputs: loads, values };
}

/** How tightly an expression binds: a looser one inside a tighter one needs parentheses. */
interface Text {
  readonly text: string;
  readonly binds: number;
}

const infix: { readonly [O in BinaryOp]?: readonly [sign: string, binds: number] } = {
  less: [" < ", 1],
  add: [" + ", 2],
  sub: [" − ", 2],
  mul: ["·", 3],
  div: [" / ", 3],
};

function textOf(instruction: Instruction, texts: readonly Text[], loads: readonly string[]): Text {
  const within = (at: number, binds: number): string => (texts[at]!.binds < binds ? `(${texts[at]!.text})` : texts[at]!.text);
  switch (instruction.op) {
    case "const":
      return { text: signed(instruction.value), binds: instruction.value < 0 ? 4 : 5 };
    case "load":
      return atom(loads[instruction.input]!);
    case "select":
      return { text: `${within(instruction.test, 1)} ? ${within(instruction.x, 1)} : ${within(instruction.y, 0)}`, binds: 0 };
    case "neg":
      return { text: `−${within(instruction.x, 5)}`, binds: 4 };
    default: {
      if (!("y" in instruction)) return atom(`${instruction.op}(${texts[instruction.x]!.text})`);
      const { op, x, y } = instruction;
      const [sign, binds] = infix[op] ?? [];
      if (sign === undefined || binds === undefined) return atom(`${op}(${texts[x]!.text}, ${texts[y]!.text})`);
      return {
        text: `${within(x, op === "less" ? binds + 1 : binds)}${sign}${within(y, op === "add" || op === "mul" ? binds : binds + 1)}`,
        binds,
      };
    }
  }
}

/** The last part of each view's slot name; numbered from ₀ where several views share a slot, whole where two slots share that part. */
function named(program: Program, views: readonly View[], mark: string): string[] {
  const slots = [...new Set(views.map(({ slot }) => slot))];
  const short = (slot: number): string => slotName(program, slot).split(".").at(-1)!;
  const label = (slot: number): string =>
    slots.some((other) => other !== slot && short(other) === short(slot)) ? slotName(program, slot) : short(slot);
  return views.map(({ slot }, at) => {
    const several = views.filter((other) => other.slot === slot).length > 1;
    const nth = views.slice(0, at).filter((other) => other.slot === slot).length;
    return `${label(slot)}${several ? subscript(nth) : ""}${mark}`;
  });
}

function usesOf(body: readonly Instruction[], outputs: readonly Named[]): number[] {
  const uses = new Array<number>(body.length).fill(0);
  for (const { value } of outputs) uses[value]!++;
  // An instruction that nothing uses does not count as a use of its operands.
  for (let at = body.length - 1; at >= 0; at--) if (uses[at]! > 0) for (const operand of operandsOf(body[at]!)) uses[operand]!++;
  return uses;
}

function atom(text: string): Text {
  return { text, binds: 5 };
}

function subscript(n: number): string {
  return `${n}`.replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]!);
}
