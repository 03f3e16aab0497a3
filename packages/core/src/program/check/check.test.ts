import { expect, test } from "vitest";
import type { Instruction, MapStep, Program, Slot, Step, Supports, View } from "../../backend.ts";
import { check } from "./check.ts";
import { denseStrides } from "../../shape.ts";
import type { SluiceError } from "../../errors.ts";

const dense = (slot: number, shape: number[], more: Partial<View> = {}): View => ({
  slot,
  offset: 0,
  shape,
  strides: denseStrides(shape),
  advance: [],
  ...more,
});
const copy: readonly Instruction[] = [{ op: "load", input: 0 }];
const map = (from: View, to: View, more: Partial<MapStep> = {}): MapStep => ({
  kind: "map",
  shape: from.shape,
  body: copy,
  inputs: [from],
  outputs: [{ view: to, value: 0 }],
  ...more,
});
const slots: readonly Slot[] = [
  { name: "x", dtype: "f32", length: 12, binding: 0 },
  { name: "y", dtype: "f32", length: 12, binding: 1 },
  { name: "z", dtype: "f32", length: 12 },
  { name: "i", dtype: "i32", length: 4, data: Int32Array.of(0, 1, 2, 3) },
];
const program = (...steps: Step[]): Program => ({ name: "lstm.forward", slots, steps });
const scan = (length: number, ...body: Step[]): Step => ({ kind: "scan", length, body });

/** The message of what `check` throws, after its code. */
function refusal(of: Program, supports?: Supports): string {
  try {
    check(of, supports);
  } catch (error) {
    return `${(error as SluiceError).code} ${(error as SluiceError).message}`;
  }
  return "legal";
}
const refuse = (...steps: Step[]): string => refusal(program(...steps));

test("a legal program passes, also with empty shapes and scans of length 0 outside every slot", () => {
  const far = { offset: 99 };
  expect(refuse(map(dense(0, [3, 4]), dense(1, [3, 4])))).toBe("legal");
  expect(refuse(map(dense(0, [0, 4], far), dense(1, [0, 4], far)))).toBe("legal");
  expect(refuse(scan(0, map(dense(0, [4], { ...far, advance: [1] }), dense(1, [4], { ...far, advance: [1] }))))).toBe("legal");
});

test("a view outside its slot is refused with program, path, slot and numbers", () => {
  expect(refuse(map(dense(0, [3, 4]), dense(1, [3, 4], { offset: 1 })))).toBe(
    "ILLEGAL_PROGRAM lstm.forward step 0 map: output 0 y[3×4 @1] reaches elements 1 to 12, slot y is f32[12]",
  );
  const inner = map(dense(0, [4], { advance: [0, 0] }), dense(1, [4], { advance: [4, -1] }));
  expect(
    refuse(
      map(dense(0, [1]), dense(1, [1])),
      scan(2, map(dense(0, [1], { advance: [0] }), dense(1, [1], { advance: [0] })), scan(2, inner)),
    ),
  ).toBe("ILLEGAL_PROGRAM lstm.forward step 1.scan.1.scan.0 map: output 0 y[4 +t·4 −u] reaches elements −1 to 7, slot y is f32[12]");
});

test("numbers of a view that do not agree are refused", () => {
  const x = dense(0, [4]);
  expect(refuse(map(x, dense(9, [4])))).toContain("output 0 names slot 9 of 4");
  expect(refuse(map(x, dense(1, [4], { strides: [1, 1] })))).toContain("output 0 has 1 axes and 2 strides");
  expect(refuse(map(x, dense(1, [4], { advance: [1] })))).toContain("output 0 has 1 advances inside 0 scans");
  expect(refuse(map(dense(0, [-1]), dense(1, [-1])))).toContain("sizes are whole numbers");
  expect(refuse(map(x, dense(1, [4], { offset: 0.5 })))).toContain("has a fraction");
});

test("an output that repeats an element is refused, however its strides hide it", () => {
  expect(refuse(map(dense(0, [3, 4]), dense(1, [3, 4], { strides: [0, 1] })))).toContain("names an element of slot y twice");
  expect(refuse(map(dense(0, [3, 2]), dense(1, [3, 2], { strides: [2, 4] })))).toContain("names an element of slot y twice");
  expect(refuse(map(dense(0, [3, 2]), dense(1, [3, 2], { strides: [2, 3] })))).toBe("legal");
});

test("outputs of one step are disjoint", () => {
  const outputs = (offset: number) => [0, offset].map((at) => ({ view: dense(1, [3, 2], { offset: at, strides: [4, 1] }), value: 0 }));
  expect(refuse(map(dense(0, [3, 2]), dense(1, [3, 2]), { outputs: outputs(2) }))).toBe("legal");
  expect(refuse(map(dense(0, [3, 2]), dense(1, [3, 2]), { outputs: outputs(1) }))).toContain(
    "share elements of slot y; outputs are disjoint",
  );
});

test("only a map reads what it writes, and only through the identical view", () => {
  expect(refuse(map(dense(1, [12]), dense(1, [12])))).toBe("legal");
  expect(refuse(map(dense(1, [11]), dense(1, [11], { offset: 1 })))).toContain(
    "only a map reads what it writes, through the identical view",
  );
  expect(refuse(map(dense(1, [6]), dense(1, [6], { offset: 6 })))).toBe("legal");
  expect(refuse({ kind: "matmul", a: dense(1, [2, 2]), b: dense(0, [2, 2]), out: dense(1, [2, 2]), accumulate: true })).toContain(
    "a y[2×2] and out y[2×2] share elements",
  );
  const shifted = map(dense(1, [4], { advance: [4] }), dense(1, [4], { offset: 4, advance: [4] }));
  expect(refuse(scan(2, shifted))).toBe("legal");
  expect(refuse(scan(2, map(dense(1, [4], { advance: [4] }), dense(1, [4], { offset: 4, advance: [0] }))))).toContain("share elements");
});

test("constants are never written", () => {
  expect(refuse(map(dense(0, [4]), dense(3, [4])))).toContain("writes slot i, which is constant data");
});

test("shapes and index types fit the step", () => {
  expect(refuse(map(dense(0, [3, 4]), dense(1, [4, 3])))).toContain("output 0 is [4×3], the step needs [3×4]");
  const fold = (folded: number, output: View): Step => ({
    kind: "reduce",
    shape: [3, 4],
    folded,
    combine: "sum",
    body: copy,
    inputs: [dense(0, [3, 4])],
    output,
    accumulate: false,
  });
  expect(refuse(fold(1, dense(1, [3])), fold(2, dense(1, [])), fold(0, dense(1, [3, 4])))).toBe("legal");
  expect(refuse(fold(1, dense(1, [4])))).toContain("output is [4], the step needs [3]");
  expect(refuse(fold(3, dense(1, [])))).toContain("folded is a whole number from 0 to 2, got 3");
  const product = (a: View, b: View, out: View): Step => ({ kind: "matmul", a, b, out, accumulate: false });
  expect(refuse(product(dense(0, [2, 3]), dense(0, [3, 1]), dense(1, [2, 1])))).toBe("legal");
  expect(refuse(product(dense(0, [2, 3]), dense(0, [2, 1]), dense(1, [2, 1])))).toContain("b is [2×1], the step needs [3×1]");
  expect(refuse(product(dense(0, [2, 1, 3]), dense(0, [1, 3, 1]), dense(1, [2, 1, 1])))).toContain("b is [1×3×1], the step needs [2×3×1]");
  expect(refuse(product(dense(0, [3]), dense(0, [3]), dense(1, [])))).toContain("a has 1 axes");
  expect(refuse({ kind: "gather", table: dense(0, [3, 4]), index: dense(3, [2]), out: dense(1, [2, 4]) })).toBe("legal");
  expect(refuse({ kind: "gather", table: dense(0, [3, 4]), index: dense(3, [2]), out: dense(1, [4, 2]) })).toContain(
    "out is [4×2], the step needs [2×4]",
  );
  expect(refuse({ kind: "gather", table: dense(0, [3, 4]), index: dense(0, [2]), out: dense(1, [2, 4]) })).toContain(
    "index reads slot x, which is f32; an index is i32",
  );
  expect(refuse({ kind: "scatter", source: dense(0, [2, 3]), index: dense(3, [2]), out: dense(1, [4, 3]) })).toBe("legal");
  expect(refuse({ kind: "scatter", source: dense(0, [2, 2]), index: dense(3, [2]), out: dense(1, [4, 3]) })).toContain(
    "source is [2×2], the step needs [2×3]",
  );
});

test("bodies refer backwards and to inputs that exist", () => {
  const body = (...body: Instruction[]): string => refuse(map(dense(0, [4]), dense(1, [4]), { body }));
  expect(body({ op: "load", input: 1 })).toContain("instruction 0 (load) loads input 1 of 1");
  expect(body({ op: "const", value: 1 }, { op: "add", x: 0, y: 1 })).toContain(
    "instruction 1 (add) takes instruction 1; operands are earlier ones",
  );
  expect(body({ op: "const", value: 1 }, { op: "select", test: 0, x: 0, y: -1 })).toContain("takes instruction -1");
  expect(body({ op: "sinh", x: 0 } as unknown as Instruction)).toContain("instruction 0 (sinh) is none of const, load");
  expect(body()).toContain("at least one instruction");
  expect(refuse(map(dense(0, [4]), dense(1, [4]), { outputs: [{ view: dense(1, [4]), value: 1 }] }))).toContain(
    "output 0 stores instruction 1 of 1",
  );
  expect(refuse(map(dense(0, [4]), dense(1, [4]), { outputs: [] }))).toContain("a map has at least one output");
});

test("steps and scan lengths are what they say", () => {
  expect(refuse({ kind: "loop" } as unknown as Step)).toContain("step 0: a step is one of map, reduce");
  expect(refuse(scan(-1))).toContain("a scan's length is a whole number from 0, got -1");
});

test("slots have one origin, whole lengths, and bindings without gap or repeat", () => {
  const of = (...slots: Slot[]): string => refusal({ name: "p", slots, steps: [] });
  expect(of({ dtype: "f32", length: 1, binding: 1 })).toContain("bindings are numbered 0 to 0 without a gap, slot s0 has 1");
  expect(of({ dtype: "f32", length: 1, binding: 0 }, { dtype: "f32", length: 1, binding: 0 })).toContain("slots s0 and s1 share binding 0");
  expect(of({ dtype: "f32", length: 1, binding: 0, data: new Float32Array(1) })).toContain("has data and is binding 0");
  expect(of({ dtype: "f32", length: 2, data: new Float32Array(1) })).toContain("is f32[2], its data f32[1]");
  expect(of({ dtype: "f32", length: 2, data: new Float64Array(2) })).toContain("its data f64[2]");
  expect(of({ dtype: "f32", length: 0.5 })).toContain("length is a whole number");
  expect(of({ dtype: "f16" as "f32", length: 1 })).toContain("unknown dtype f16");
});

test("scratch is written before it is accumulated into", () => {
  const add = (offset: number, advance: number[] = []): Step => ({
    kind: "matmul",
    a: dense(0, [2, 1], { advance: advance.map(() => 0) }),
    b: dense(0, [1, 2], { advance: advance.map(() => 0) }),
    out: dense(2, [2, 2], { offset, advance }),
    accumulate: true,
  });
  const write = (offset: number, advance: number[] = []): Step =>
    map(dense(0, [4], { advance: advance.map(() => 0) }), dense(2, [4], { offset, advance }));
  expect(refuse(add(0))).toContain("accumulates into element 0 of scratch slot z, which nothing has written before");
  expect(refuse(write(0), add(0))).toBe("legal");
  expect(refuse(add(0), write(0))).toContain("nothing has written before");
  expect(refuse(write(0), add(1))).toContain("element 4");
  expect(refuse(scan(3, write(0, [4])), add(8))).toBe("legal");
  expect(refuse(scan(2, write(0, [4])), add(8))).toContain("element 8");
  expect(refuse(write(0), scan(2, add(0, [4]), write(4, [4])))).toBe("legal"); // each iteration writes what the next accumulates into
  expect(refuse(write(8), scan(2, add(0, [4]), write(4, [4])))).toContain("element 0");
  expect(refuse(write(0), scan(3, add(0, [4])))).toContain("element 8");
  expect(refuse({ kind: "scatter", source: dense(0, [2, 3]), index: dense(3, [2]), out: dense(2, [4, 3]) })).toContain(
    "scatter: out z[4×3] accumulates",
  );
});

test("what a backend does not declare is refused as unsupported", () => {
  const supports: Supports = {
    ...{ dtypes: ["f32", "i32"], bindings: 2, inPlace: false, ops: ["add"], length: 12 },
    ...{
      accuracy: { exp: 1, log: 1, log1p: 1, expm1: 1, sqrt: 1, tanh: 1, sigmoid: 1, sin: 1, cos: 1, erf: 1, div: 1, sum: 1 },
      keeps: { nan: true, infinity: true, denormals: true, signedZeros: true },
      excessPrecision: false,
      repeats: "everywhere",
    },
  };
  const under = (step: Step, more: Partial<Supports> = {}): string => refusal(program(step), { ...supports, ...more });
  const plain = map(dense(0, [4]), dense(1, [4]));
  expect(under(plain)).toBe("legal");
  expect(under(plain, { dtypes: ["f32"] })).toBe("UNSUPPORTED lstm.forward: slot i is i32, this backend has f32");
  expect(under(plain, { length: 11 })).toContain("slot x has 12 elements, this backend takes 11");
  expect(under(plain, { bindings: 1 })).toBe("UNSUPPORTED lstm.forward step 0 map: it touches 2 slots, this backend takes 1");
  expect(under(map(dense(1, [4]), dense(1, [4])))).toContain("maps nothing in place");
  expect(under(map(dense(0, [4]), dense(1, [4]), { body: [...copy, { op: "mul", x: 0, y: 0 }] }))).toContain("has no mul; it has add");
});
