// The whole boundary between the library and a backend: Programs, which are plain data, and the verbs that run them.

export type DType = "f32" | "f64" | "i32";
export type TypedArray = (Float32Array | Float64Array | Int32Array) & Elements;
export type Shape = readonly number[];

/** What all of them do, said once: TypeScript calls no method of a union that has several signatures, each its own. */
interface Elements {
  map(each: (value: number, index: number, all: TypedArray) => number): TypedArray;
  filter(where: (value: number, index: number, all: TypedArray) => unknown): TypedArray;
  findLast(where: (value: number, index: number, all: TypedArray) => unknown): number | undefined;
  reduce(add: (sum: number, value: number, index: number, all: TypedArray) => number): number;
  reduce<T>(add: (sum: T, value: number, index: number, all: TypedArray) => T, start: T): T;
  reduceRight(add: (sum: number, value: number, index: number, all: TypedArray) => number): number;
  reduceRight<T>(add: (sum: T, value: number, index: number, all: TypedArray) => T, start: T): T;
}

/**
 * `log1p` is log(1 + x) and `expm1` is e^x − 1, both as exact near 0 as anywhere. `floor` is exact. `sin` and `cos` are as declared for |x| ≤ 10,000 and
 * numbers from −1 to 1 beyond, NaN of ±∞; `erf` is 2/√π ∫₀ˣ e^−t² dt, ±1 at ±∞.
 */
export type UnaryOp = "neg" | "floor" | "exp" | "log" | "log1p" | "expm1" | "sqrt" | "tanh" | "sigmoid" | "sin" | "cos" | "erf";
export type BinaryOp = "add" | "sub" | "mul" | "div" | "max" | "min" | "less";
/** Every scalar operation there is. The set is closed: what users see beyond it is composed of these. */
export type ScalarOp = UnaryOp | BinaryOp | "select";

/** One scalar instruction. Operands are positions of earlier instructions in the same body. */
export type Instruction =
  | { readonly op: "const"; readonly value: number }
  | { readonly op: "load"; readonly input: number }
  | { readonly op: UnaryOp; readonly x: number }
  /** `less` is 1 where x < y, otherwise 0, also where an operand is NaN. `max` and `min` are NaN where an operand is, and 0 is above −0. */
  | { readonly op: BinaryOp; readonly x: number; readonly y: number }
  /** x where test is not 0 (NaN is not), otherwise y. */
  | { readonly op: "select"; readonly test: number; readonly x: number; readonly y: number };

/**
 * A strided window on a slot, in elements. Stride 0 broadcasts, negative strides flip.
 * `advance[d]` moves it per iteration of the d-th enclosing scan, outermost first; it has one entry per enclosing scan.
 */
export interface View {
  readonly slot: number;
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly advance: readonly number[];
}

/** Evaluate `body` at every index of `shape`; store instruction `outputs[i].value` into its view, for at least one output. All loads of an index precede its stores. */
export interface MapStep {
  readonly kind: "map";
  readonly shape: Shape;
  readonly body: readonly Instruction[];
  readonly inputs: readonly View[];
  readonly outputs: readonly { readonly view: View; readonly value: number }[];
}

/** As map with the value of the last instruction, then fold the last `folded` axes of `shape`. `output` has the axes that are left; `accumulate` folds it in with `combine`. */
export interface ReduceStep {
  readonly kind: "reduce";
  readonly shape: Shape;
  readonly folded: number;
  readonly combine: "sum" | "max";
  readonly body: readonly Instruction[];
  readonly inputs: readonly View[];
  readonly output: View;
  readonly accumulate: boolean;
}

/** out[…, m, n] (+)= Σ_k a[…, m, k] · b[…, k, n]. Transposes are strides; leading axes are batch axes of equal sizes. */
export interface MatmulStep {
  readonly kind: "matmul";
  readonly a: View;
  readonly b: View;
  readonly out: View;
  readonly accumulate: boolean;
}

/** out[i, j] = table[index[i], j]; NaN where index[i] is outside the table. `index` is [rows] of i32. */
export interface GatherStep {
  readonly kind: "gather";
  readonly table: View;
  readonly index: View;
  readonly out: View;
}

/** out[index[i], j] += source[i, j], in ascending i; rows whose index is outside `out` are dropped. */
export interface ScatterStep {
  readonly kind: "scatter";
  readonly source: View;
  readonly index: View;
  readonly out: View;
}

/** Run `body` `length` times; views move by their `advance` each time. */
export interface ScanStep {
  readonly kind: "scan";
  readonly length: number;
  readonly body: readonly Step[];
}

/**
 * One step of a Program. Legal means (`check` in core is the definition, `checked` the run-time form):
 * - every element a view names in any iteration lies in its slot; output views are injective (no two indices, one element) and
 *   outputs of one step do not overlap each other;
 * - a step reads an element that it writes only through the identical view in a map (and then only if `supports.inPlace`), or by `accumulate`;
 * - distinct slots are distinct memory: one buffer bound twice is an error; a bound buffer has its slot's dtype and length;
 * - scratch holds anything when a run starts; whatever is accumulated into is written first in the same run. The reference, and `checked` around
 *   any other, fill it before each run with what shows: NaN, −2³¹ in i32, and the largest number where NaN is not kept;
 * - a body computes in f64 if an output is f64, otherwise in f32, and rounds as `Supports.excessPrecision` says; loads convert, i32 exactly up to 2²⁴;
 *   a store to i32 truncates towards 0, of NaN to 0, and of what lies beyond 32 bits to the nearest number that does not. In a body it is not
 *   truncated: core stores what may be no whole number of 32 bits before it computes with it.
 */
export type Step = MapStep | ReduceStep | MatmulStep | GatherStep | ScatterStep | ScanStep;
export type Kernel = Exclude<Step, ScanStep>;

export interface Slot {
  /** Where it comes from, for printing and errors: "lstm.z". */
  readonly name?: string;
  readonly dtype: DType;
  readonly length: number;
  /** Position in `run(bindings)`; absent when the slot is scratch owned by the executable. */
  readonly binding?: number;
  /** A constant, uploaded once at compile (index ranges, encodings). Read only; never with `binding`. */
  readonly data?: TypedArray;
}

export interface Program {
  readonly name: string;
  readonly slots: readonly Slot[];
  readonly steps: readonly Step[];
}

/** What a backend can do: declared data, so that nobody finds out by a throw midway. */
export interface Supports {
  readonly dtypes: readonly DType[];
  /** Most distinct slots one step may touch (WebGL: texture units). The fuser stays under it. */
  readonly bindings: number;
  /** May a map overwrite elements it also reads? Other slices of the same slot are always allowed. */
  readonly inPlace: boolean;
  /** Scalar operations with a native form; core lowers the others to these. `const` and `load` are always there. */
  readonly ops: readonly ScalarOp[];
  /** Most elements in one slot. */
  readonly length: number;
  /** Largest error per primitive in ulp, against float64 on the same inputs; "sum" is per addition. */
  readonly accuracy: Readonly<Record<Exclude<UnaryOp, "neg" | "floor"> | "div" | "sum", number>>;
  /** What of IEEE 754 holds. The sign of a zero that a sum or a product gives is anyone's. */
  readonly keeps: { readonly nan: boolean; readonly infinity: boolean; readonly denormals: boolean; readonly signedZeros: boolean };
  /**
   * May a body keep more of a value than its dtype holds until it is stored (C99 5.2.4.2.2), as contracted products and sums do? Where it is
   * false, every constant, load and operation of an f32 or f64 body is rounded to that dtype, so that a value computed again has the bits of
   * the one that was stored; where it is true, core stores what must be the same twice.
   */
  readonly excessPrecision: boolean;
  /** Same bits again for the same program and inputs: never, in one process, or on every machine. */
  readonly repeats: "no" | "process" | "everywhere";
}

export interface Executable<B> {
  /** What actually runs, e.g. "wasm-simd x4". Benchmarks and conformance print it. */
  readonly executor: string;
  /** Enqueue one run. Runs happen in call order; nothing is returned. */
  run(bindings: readonly B[]): void;
  destroy(): void;
}

/**
 * What a backend package's `open()` resolves to. `write`, `run`, `read` and `destroy` take effect in call order, whenever the work is done.
 * Every verb but `close` throws DISPOSED after `close`; a destroyed buffer or executable does so when it is used or destroyed again.
 */
/**
 * What a pass keeps of what it is given. `values`: what is computed, up to the order of sums. `bits`: to the bit. `bindings`: the bound slots, in order.
 * `scratch`: no more bytes of it. `kernels`: no more of them. Tests hold each pass to all that it names.
 */
export type Kept = "values" | "bits" | "bindings" | "scratch" | "kernels";

/** A Program to another one of the same meaning. */
export interface ProgramPass {
  /** In the field's own terms. */
  readonly name: string;
  readonly level: "program";
  readonly keeps: readonly Kept[];
  /** It runs only for backends of which this is true. Default all. */
  readonly needs?: (supports: Supports) => boolean;
  run(program: Program, supports: Supports): Program;
}

export interface Backend<B = unknown> {
  readonly name: string;
  readonly supports: Supports;
  /** What `compile` itself does to a Program before it generates code, in order; to be looked at (`explain`). Default nothing. */
  readonly passes?: readonly ProgramPass[];
  /** A zero-filled buffer. Throws UNSUPPORTED for a dtype it lacks, OUT_OF_MEMORY where it does not fit. */
  create(dtype: DType, length: number): B;
  /** Copies `data` before it returns. Throws INVALID_ARGUMENT where the dtype differs or the range is outside the buffer. */
  write(buffer: B, data: TypedArray, at?: number): void;
  /**
   * The contents as of this call: after every earlier run and write, before any later one. Fills `into` if given.
   * Rejects with the failure of an earlier run that should have written `buffer`; such a buffer is unusable until written whole.
   */
  read(buffer: B, at?: number, length?: number, into?: TypedArray): Promise<TypedArray>;
  destroy(buffer: B): void;
  /** Throws ILLEGAL_PROGRAM or UNSUPPORTED; the backend works on. */
  compile(program: Program): Executable<B> | Promise<Executable<B>>;
  close(): void | Promise<void>;
  /** As `close`: for `await using backend = await open()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
