// From a thread to what it computes: which of the views that are written, if any, and at which index. It writes text, and knows no steps.
import { type Step, nested, span } from "./axes.ts";

/** One view that is written: its axes, and which thread its first index belongs to. */
export interface Member {
  readonly offset: number;
  readonly steps: readonly Step[];
}

/** Is every one of `length` threads an element of a member? Members are injective and apart. */
export function covers(members: readonly Member[], length: number): boolean {
  return members.reduce((sum, { steps }) => sum + sizeOf(steps), 0) === length;
}

/**
 * Lines that declare the indices `i0`, `i1`, … of thread `e`, and `m`, the position of its member; −1 where it belongs to none.
 * All members have axes of the same sizes.
 */
export function locate(members: readonly Member[], length: number): string[] {
  if (members.length === 1) return alone(members[0]!, covers(members, length));
  const joined = evenly(members);
  return joined === undefined ? apart(members) : together(joined);
}

/** One member: nothing is to be asked where it is everything. */
function alone(member: Member, isWhole: boolean): string[] {
  const { lines, inside } = split(member, "", "i");
  return [...lines, ...(isWhole ? ["const m = 0;"] : chosen(inside))];
}

/** Members that are one view with an axis more. */
function together({ member, axis, order }: Joined): string[] {
  const { lines, inside } = split(member, "", "i");
  const ranked = order.map((at, rank) => `if (i${axis} == ${rank}) { m = ${at}; }`);
  return [...lines, ...chosen(inside), "if (m > -1) {", ...ranked, "}"];
}

/** Members one by one. */
function apart(members: readonly Member[]): string[] {
  const axes = members[0]!.steps.map((_, axis) => axis);
  const tried = members.flatMap((member, at) => {
    const { lines, inside } = split(member, `m${at}`, "j");
    const found = [`m = ${at};`, ...axes.map((axis) => `i${axis} = j${axis}m${at};`)];
    return [...lines, `if (${all(inside)}) { ${found.join(" ")} }`];
  });
  return ["let m = -1;", ...axes.map((axis) => `let i${axis} = 0;`), ...tried];
}

/** Lines that declare the indices `<letter>0<tag>`, … of the row-major index `from` of an array of these sizes. */
export function unravel(sizes: readonly number[], from: string, letter: string, tag = ""): string[] {
  let rest = from;
  let stride = sizes.reduce((product, size) => product * size, 1);
  return sizes.flatMap((size, axis) => {
    stride /= size;
    const index = `${letter}${axis}${tag}`;
    const lines = take(rest, stride, index);
    rest = lines.length > 1 ? `${index}r` : "0";
    return lines;
  });
}

/** `index` is how often `stride` goes into `from`; `<index>r` is what is left, if anything can be. */
function take(from: string, stride: number, index: string): string[] {
  if (stride === 1) return [`const ${index} = ${from};`];
  return [`const ${index} = sluiceDivide(${from}, ${stride});`, `const ${index}r = ${from} - ${index} * ${stride};`];
}

/** Lines that declare the indices of thread e within one member, and what holds where it is an element of it. */
function split(member: Member, tag: string, letter: string): { lines: string[]; inside: string[] } {
  const { offset, steps } = member;
  if (!nested(steps)) return search(member, tag, letter);
  const start = offset + span(steps)[0];
  let rest = start === 0 ? "e" : `x${tag}`;
  const lines = start === 0 ? [] : [`const x${tag} = e - ${start};`];
  const inside = start > 0 ? [`x${tag} >= 0`] : [];
  const axes = steps.map((step, axis) => ({ ...step, axis })).sort((x, y) => Math.abs(y.stride) - Math.abs(x.stride));
  for (const { size, stride, axis } of axes) {
    const index = `${letter}${axis}${tag}`;
    if (size === 1) {
      lines.push(`const ${index} = 0;`);
      continue;
    }
    const count = stride < 0 ? `${index}f` : index; // from the other end
    const taken = take(rest, Math.abs(stride), count);
    lines.push(...taken);
    inside.push(`${count} < ${size}`);
    if (stride < 0) lines.push(`const ${index} = ${size - 1} - ${count};`);
    rest = taken.length > 1 ? `${count}r` : "0";
  }
  if (rest !== "0") inside.push(`${rest} == 0`);
  return { lines, inside };
}

/** As `split`, for strides that interlock: compares with every element of the member. */
function search({ offset, steps }: Member, tag: string, letter: string): { lines: string[]; inside: string[] } {
  const sizes = steps.map(({ size }) => size);
  const position = steps.map(({ stride }, axis) => ` + s${axis}${tag} * ${stride}`).join("");
  const lines = [
    `let x${tag} = -1;`,
    `for (let k${tag} = 0; k${tag} < ${sizeOf(steps)}; k${tag}++) {`,
    ...unravel(sizes, `k${tag}`, "s", tag),
    `if (${offset}${position} == e) { x${tag} = k${tag}; }`,
    "}",
    ...unravel(sizes, `x${tag}`, letter, tag),
  ];
  return { lines, inside: [`x${tag} > -1`] };
}

function chosen(inside: readonly string[]): string[] {
  return ["let m = -1;", `if (${all(inside)}) { m = 0; }`];
}

function all(conditions: readonly string[]): string {
  return conditions.join(" && ") || "0 == 0";
}

/** `order` says which member has which index along `axis`. */
interface Joined {
  readonly member: Member;
  readonly axis: number;
  readonly order: readonly number[];
}

/** Members of equal strides, evenly apart, as the gates of a cell are. */
function evenly(members: readonly Member[]): Joined | undefined {
  const order = members.map((_, at) => at).sort((x, y) => members[x]!.offset - members[y]!.offset);
  const [lowest, second] = [members[order[0]!]!, members[order[1]!]!];
  const stride = second.offset - lowest.offset;
  const isAlike = members.every(({ steps }) => steps.every((step, axis) => step.stride === lowest.steps[axis]!.stride));
  const isEven = order.every((at, rank) => members[at]!.offset === lowest.offset + rank * stride);
  const steps = [...lowest.steps, { size: members.length, stride }];
  return isAlike && isEven && nested(steps) ? { member: { offset: lowest.offset, steps }, axis: lowest.steps.length, order } : undefined;
}

function sizeOf(steps: readonly Step[]): number {
  return steps.reduce((product, { size }) => product * size, 1);
}
