// Every way to get one operation of a cell wrong: an argument left out, another value in its place, another function.
// mutants.test.ts shows that the suite's data tells each of them from the right cell. It knows nothing of any one cell.
import { exact, type Arithmetic } from "./arithmetic.ts";
import { full, type Bounded } from "./bounded.ts";
import type { Cell, Named, Step } from "./cell.ts";

export interface Mutant {
  /** "times 5 without argument 1": operations are numbered through the step and on through its backward pass. */
  readonly name: string;
  readonly cell: Cell;
}

/** All cells that differ from `cell` in one operation. */
export function mutants(cell: Cell): readonly Mutant[] {
  const { calls, values } = probe(cell);
  return calls.flatMap(({ op, args }, at) => {
    const others = (arg: Bounded) => values.filter(({ value, since }) => since <= at && value !== arg && alike(value, arg));
    const faults: readonly Fault[] = [
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
    return faults.map(({ what, result }) => ({ name: `${op} ${at} ${what}`, cell: faulty(cell, at, result) }));
  });
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

const unary: ReadonlySet<Op> = new Set(["sigmoid", "tanh", "relu", "complement", "sigmoidSlope", "tanhSlope", "reluSlope"]);

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

function alike(x: Bounded, y: Bounded): boolean {
  return x.shape.join() === y.shape.join();
}

/** What a right step computes, in order, and every value it has at hand from which operation on. */
interface Log {
  readonly calls: { readonly op: Op; readonly args: Args }[];
  /** Operands from outside are called "given 2", results "tanh 4". */
  readonly values: { readonly name: string; readonly value: Bounded; readonly since: number }[];
  /** Where the pass began: weights and states are at hand from the start, upstream gradients from the backward pass on. */
  start: number;
}

/** The log of a step and its backward pass, on sizes that no two kinds of array share. */
function probe(cell: Cell): Log {
  const sizes = { input: 3, units: 2 };
  const filled = (shapes: Readonly<Record<string, { readonly shape: readonly number[] }>>): Named =>
    Object.fromEntries(Object.entries(shapes).map(([name, { shape }]) => [name, full(shape, 1)]));
  const states = () => filled(Object.fromEntries(cell.states.map((name) => [name, { shape: [sizes.units] }])));
  const log: Log = { calls: [], values: [], start: 0 };
  recorded(cell, log, exact, filled(cell.weights(sizes)), full([sizes.input], 1), states()).backward(states());
  return log;
}

function recorded(cell: Cell, log: Log, arithmetic: Arithmetic, weights: Named, x: Bounded, state: Named): Step {
  const recording = watched(arithmetic, ({ op, args }, compute) => {
    for (const value of flat(args))
      if (!log.values.some((known) => known.value === value))
        log.values.push({ name: `given ${log.values.length}`, value, since: log.start });
    const value = compute(op, args);
    log.values.push({ name: `${op} ${log.calls.length}`, value, since: log.calls.push({ op, args }) });
    return value;
  });
  const step = cell.step(recording, weights, x, state);
  return {
    state: step.state,
    backward(d) {
      log.start = log.calls.length;
      return step.backward(d);
    },
  };
}

/** `cell` with another result of its operation number `site`. Beside it runs the right step, for the values that the fault may want. */
function faulty(cell: Cell, site: number, result: Result): Cell {
  return {
    ...cell,
    step(arithmetic, weights, x, state) {
      const log: Log = { calls: [], values: [], start: 0 };
      const right = recorded(cell, log, arithmetic, weights, x, state);
      const value = (name: string) => log.values.find((known) => known.name === name)!.value;
      const faults = watched(arithmetic, ({ at, op, args }, compute) =>
        at === site ? result(args, { compute, value }) : compute(op, args),
      );
      const wrong = cell.step(faults, weights, x, state);
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

/** `arithmetic` with every operation passing through `watch`. */
function watched(arithmetic: Arithmetic, watch: (call: { at: number; op: Op; args: Args }, compute: Compute) => Bounded): Arithmetic {
  let calls = 0;
  // The arguments are those that the operation was called with, or as many of the same kind.
  const compute: Compute = (op, args) => (arithmetic[op] as (...args: Args) => Bounded)(...args);
  const ops = (Object.keys(arithmetic) as Op[]).map((op) => [op, (...args: Args) => watch({ at: calls++, op, args }, compute)]);
  return Object.fromEntries(ops) as Arithmetic;
}
