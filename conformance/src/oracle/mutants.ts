// Every way to get one operation of a cell wrong: an argument left out, another value in its place, another function.
// mutants.test.ts shows that the suite's data tells each of them from the right cell. It knows nothing of any one cell.
import { randoms, uniform } from "../arbitraries/numbers.ts";
import type { Shaped } from "../tree.ts";
import { exact, type Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";
import type { Cell, Named, Step } from "./cell.ts";

export interface Mutant {
  /** "times 5 without argument 1": operations are numbered through the step and on through its backward pass. */
  readonly name: string;
  readonly cell: Cell;
}

/** All cells that differ from `cell` in one operation. */
export function mutants(cell: Cell): readonly Mutant[] {
  return faults(probe(cell)).map(({ name, spoil }) => ({ name, cell: faulty(cell, spoil) }));
}

/** All ways in which one operation of what was logged may be wrong. */
export function faults({ calls, values }: Log): readonly Spoiler[] {
  return calls.flatMap(({ op, args }, at) => {
    const others = (arg: Bounded) => values.filter(({ value, since }) => since <= at && alike(value, arg));
    const wrong: readonly Fault[] = [
      ...shortened(op, args).map((_, i) => fault(`without argument ${i}`, (now, { compute }) => compute(op, shortened(op, now)[i]!))),
      ...flat(args).flatMap((arg, i) =>
        others(arg).map(({ name }) =>
          fault(`with ${name} for argument ${i}`, (now, { compute, value }) => compute(op, replaced(now, i, value(name)))),
        ),
      ),
      ...(unary.has(op) ? [...unary] : [])
        .filter((name) => name !== op)
        .map((name) => fault(`is ${name}`, (now, { compute }) => compute(name, now))),
    ];
    return wrong.map(({ what, result }) => ({
      name: `${op} ${at} ${what}`,
      spoil: (arithmetic, right) => spoilt(arithmetic, { at, result, right }),
    }));
  });
}

export interface Spoiler {
  /** "times 5 without argument 1" */
  readonly name: string;
  /** `arithmetic` for a run with the fault, given what the right run logs on the same data: for the values that the fault may want. */
  spoil(arithmetic: Arithmetic, right: Log): Arithmetic;
}

/** What a right run computes, in order, and every value it has at hand from which operation on. */
export interface Log {
  readonly calls: { readonly op: Op; readonly args: Args }[];
  /** Operands from outside are called "given 2", results "tanh 4". */
  readonly values: { readonly name: string; readonly value: Bounded; readonly since: number }[];
  /** From where on operands from outside are at hand: weights from the start, upstream gradients from the backward pass on. */
  start: number;
}

/** What `run` computes. */
export function logOf(run: (arithmetic: Arithmetic) => unknown): Log {
  const log: Log = { calls: [], values: [], start: 0 };
  run(recording(exact, log));
  return log;
}

type Op = keyof Arithmetic;
type Args = readonly (Bounded | Args)[];
interface Fault {
  readonly what: string;
  readonly result: Result;
}
/** What the faulty operation gives, from its arguments and from what the right step knows. */
type Result = (args: Args, tools: { compute(op: Op, args: Args): Bounded; value(name: string): Bounded }) => Bounded;
const fault = (what: string, result: Result): Fault => ({ what, result });

const unary: ReadonlySet<Op> = new Set([
  "sigmoid",
  "tanh",
  "relu",
  "complement",
  "sigmoidSlope",
  "tanhSlope",
  "reluSlope",
  "hardSigmoid",
  "softsign",
]);

/** Each way to leave one argument out. */
function shortened(op: Op, args: Args): readonly Args[] {
  const less = (list: Args) => (list.length < 2 ? [] : list.map((_, i) => list.toSpliced(i, 1)));
  if (op === "plus" || op === "times") return less(args);
  if (op !== "affine" && op !== "affineT") return [];
  const [terms, ...products] = args as readonly [Args, ...Args];
  return [
    ...(products.length > 0 ? terms.map((_, i) => [terms.toSpliced(i, 1), ...products]) : []),
    ...less(products).map((fewer) => [terms, ...fewer]),
  ];
}

function flat(args: Args): readonly Bounded[] {
  return args.flatMap((arg) => (isList(arg) ? flat(arg) : [arg]));
}

function replaced(args: Args, i: number, value: Bounded): Args {
  let at = 0;
  const walk = (list: Args): Args => list.map((arg) => (isList(arg) ? walk(arg) : at++ === i ? value : arg));
  return walk(args);
}

function isList(arg: Bounded | Args): arg is Args {
  return Array.isArray(arg);
}

/** Of one shape, and not the same numbers. */
function alike(x: Bounded, y: Bounded): boolean {
  return x.shape.join() === y.shape.join() && x.value.some((v, i) => v !== y.value[i]);
}

/** The log of a step and its backward pass, on sizes that no two kinds of array share. */
function probe(cell: Cell): Log {
  const sizes = { input: 3, units: 2 };
  const random = randoms(uniform(1), "f64").like(0.1, 1);
  const filled = (shapes: Readonly<Record<string, Shaped>>): Named =>
    Object.fromEntries(Object.entries(shapes).map(([name, shaped]) => [name, random(shaped)]));
  const states = () =>
    filled(Object.fromEntries(Object.entries(cell.states(sizes.units)).map(([name, size]) => [name, { shape: [size] }])));
  const log: Log = { calls: [], values: [], start: 0 };
  recorded(cell, log, exact, filled(cell.weights(sizes)), random({ shape: [sizes.input] }), states()).backward(states());
  return log;
}

function recorded(cell: Cell, log: Log, arithmetic: Arithmetic, weights: Named, x: Bounded, state: Named): Step {
  const step = cell.step(recording(arithmetic, log), weights, x, state);
  return {
    state: step.state,
    backward(d) {
      log.start = log.calls.length;
      return step.backward(d);
    },
  };
}

/** `cell` with a fault. Beside it runs the right step. */
function faulty(cell: Cell, spoil: Spoiler["spoil"]): Cell {
  return {
    ...cell,
    step(arithmetic, weights, x, state) {
      const log: Log = { calls: [], values: [], start: 0 };
      const right = recorded(cell, log, arithmetic, weights, x, state);
      const wrong = cell.step(spoil(arithmetic, log), weights, x, state);
      return {
        state: wrong.state,
        backward(d) {
          right.backward(d);
          return wrong.backward(d);
        },
      };
    },
  };
}

type Compute = (op: Op, args: Args) => Bounded;

function recording(arithmetic: Arithmetic, log: Log): Arithmetic {
  const known = new Set<Bounded>();
  const note = (name: string, value: Bounded, since: number) => {
    known.add(value);
    log.values.push({ name, value, since });
  };
  return watched(arithmetic, ({ op, args }, compute) => {
    for (const value of flat(args)) if (!known.has(value)) note(`given ${log.values.length}`, value, log.start);
    const value = compute(op, args);
    const at = log.calls.push({ op, args });
    note(`${op} ${at - 1}`, value, at);
    return value;
  });
}

/** `arithmetic` with another result of operation number `at`. */
function spoilt(
  arithmetic: Arithmetic,
  { at, result, right }: { readonly at: number; readonly result: Result; readonly right: Log },
): Arithmetic {
  const value = (name: string) => right.values.find((known) => known.name === name)!.value;
  return watched(arithmetic, (call, compute) => (call.at === at ? result(call.args, { compute, value }) : compute(call.op, call.args)));
}

/** `arithmetic` with every operation passing through `watch`. */
function watched(arithmetic: Arithmetic, watch: (call: { at: number; op: Op; args: Args }, compute: Compute) => Bounded): Arithmetic {
  let calls = 0;
  // The arguments are those that the operation was called with, or as many of the same kind.
  const compute: Compute = (op, args) => (arithmetic[op] as (...args: Args) => Bounded)(...args);
  const ops = (Object.keys(arithmetic) as Op[]).map((op) => [op, (...args: Args) => watch({ at: calls++, op, args }, compute)]);
  return Object.fromEntries(ops) as Arithmetic;
}
