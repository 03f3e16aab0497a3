// The part of the contract that is the same for every backend: who is alive, and which arguments fit. It owns no memory.
import { show } from "../../arguments/show.ts";
import type { DType, Executable, Program, TypedArray } from "../../backend.ts";
import { type ErrorCode, SluiceError } from "../../errors.ts";
import { dtypeOf } from "../../dtypes/arrays.ts";

/** What a guard needs to know of a buffer. Backends may keep it in the buffer itself or beside it. */
export interface Held {
  readonly dtype: DType;
  readonly length: number;
  /** Until `destroy`. */
  alive: boolean;
  /** The last run it was bound in, to find a buffer bound twice. Starts at 0. */
  bound: number;
}

/** Throws what the contract of `Backend` says, in the same words for every backend. */
export interface Guard<B> {
  /** Set by the backend's `close`. */
  closed: boolean;
  /** DISPOSED after `close`. */
  open(verb: string): void;
  /** The record of a live buffer; DISPOSED once it is destroyed, INVALID_ARGUMENT if another backend made it. */
  use(verb: string, buffer: B): Held;
  /** INVALID_ARGUMENT for a length that is not a whole number from 0, UNSUPPORTED for a dtype or length outside `supports`. */
  create(dtype: DType, length: number): void;
  /** The record of a buffer that `data` may be written to at element `at`. */
  write(buffer: B, data: TypedArray, at: number): Held;
  /** The record of a buffer that `length` elements may be read from at element `at`. */
  read(buffer: B, at: number, length: number, into: TypedArray | undefined): Held;
  /** Every binding alive, of its slot's dtype and length, and bound once. Allocates nothing. */
  bind(program: Program, bindings: readonly B[]): void;
  /** An executable whose `run` and `destroy` throw DISPOSED after `close` or its own destroy, and whose bindings are checked by `bind`. */
  executable(program: Program, executable: Executable<B>): Executable<B>;
}

interface Guarded<B> {
  /** The backend's name. */
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** Most elements in one buffer. */
  readonly length: number;
  /** The record of a buffer this backend made, alive or not; undefined for any other. */
  readonly held: (buffer: B) => Held | undefined;
}

/** A guard for the backend `name`. The backend sets `closed` and each record's `alive`. */
export function guard<B>({ name, dtypes, length: maxLength, held }: Guarded<B>): Guard<B> {
  let runs = 0;
  const refuse: Refuse = (code, verb, what, fix, facts = {}) =>
    new SluiceError({ code, who: `${name}.${verb}`, what, ...(fix === undefined ? {} : { fix }), facts });

  const guarding: Guard<B> = {
    closed: false,
    open(verb) {
      if (guarding.closed) throw refuse("DISPOSED", verb, "this backend is closed", "Open a new one", { backend: name });
    },
    use(verb, buffer) {
      guarding.open(verb);
      const record = held(buffer);
      if (record === undefined)
        throw refuse("INVALID_ARGUMENT", verb, "this buffer is not of this backend", "Use what this backend's create returned");
      if (!record.alive) throw refuse("DISPOSED", verb, `this buffer (${extent(record)}) is destroyed`, undefined, { ...record });
      return record;
    },
    create(dtype, length) {
      guarding.open("create");
      checkCreated(refuse, { dtypes, maxLength }, dtype, length);
    },
    write(buffer, data, at) {
      const record = guarding.use("write", buffer);
      checkDType(refuse, "write", record, "data", data);
      checkRange(refuse, "write", record, at, data.length);
      return record;
    },
    read(buffer, at, length, into) {
      const record = guarding.use("read", buffer);
      checkRange(refuse, "read", record, at, length);
      if (into === undefined) return record;
      checkDType(refuse, "read", record, "target", into);
      if (into.length < length)
        throw refuse("INVALID_ARGUMENT", "read", `${length} elements do not fit into a target of ${into.length}`, undefined, {
          length,
          target: into.length,
        });
      return record;
    },
    bind(program, bindings) {
      runs++;
      checkCount(refuse, program, bindings.length);
      for (let at = 0; at < program.slots.length; at++) {
        const { binding } = program.slots[at]!;
        if (binding === undefined) continue;
        const record = guarding.use("run", bindings[binding]!);
        checkBound(refuse, program, at, record, runs);
        record.bound = runs;
      }
    },
    executable: (program, executable) => guardedExecutable(refuse, guarding, program, executable),
  };
  return guarding;
}

/** The error of a verb of the backend. */
type Refuse = (code: ErrorCode, verb: string, what: string, fix?: string, facts?: Record<string, unknown>) => SluiceError;

function guardedExecutable<B>(
  refuse: Refuse,
  guarding: Guard<B>,
  program: Program,
  { executor, run, destroy }: Executable<B>,
): Executable<B> {
  const { name } = program;
  let isAlive = true;
  const checkAlive = (verb: string): void => {
    guarding.open(verb);
    if (!isAlive) throw refuse("DISPOSED", verb, `the executable of ${name} is destroyed`, "Compile the program again", { program: name });
  };
  return {
    executor,
    run(bindings) {
      checkAlive("run");
      guarding.bind(program, bindings);
      run(bindings);
    },
    destroy() {
      checkAlive("destroy");
      isAlive = false;
      destroy();
    },
  };
}

function checkCreated(
  refuse: Refuse,
  { dtypes, maxLength }: { readonly dtypes: readonly DType[]; readonly maxLength: number },
  dtype: DType,
  length: number,
): void {
  if (!dtypes.includes(dtype))
    throw refuse("UNSUPPORTED", "create", `dtype ${show(dtype)} is not among ${dtypes.join(", ")}`, undefined, { dtype, dtypes });
  if (!isWhole(length))
    throw refuse("INVALID_ARGUMENT", "create", `a length is a whole number from 0, got ${show(length)}`, undefined, { length });
  if (length > maxLength)
    throw refuse("UNSUPPORTED", "create", `${length} elements are over the limit of ${maxLength}`, undefined, { length, most: maxLength });
}

function checkDType(refuse: Refuse, verb: string, record: Held, what: "data" | "target", given: TypedArray): void {
  const dtype = dtypeOf(given);
  if (dtype === record.dtype) return;
  throw refuse("INVALID_ARGUMENT", verb, `the buffer is ${record.dtype}, the ${what} ${dtype ?? typeof given}`, undefined, {
    expected: record.dtype,
    got: dtype,
  });
}

function checkRange(refuse: Refuse, verb: string, record: Held, at: number, length: number): void {
  if (isWhole(at) && isWhole(length) && at + length <= record.length) return;
  const what = `elements from ${show(at)}, ${show(length)} of them, are outside the buffer (${extent(record)})`;
  throw refuse("INVALID_ARGUMENT", verb, what, undefined, { at, length, buffer: record.length });
}

function checkCount(refuse: Refuse, { name, slots }: Program, got: number): void {
  let expected = 0;
  for (const { binding } of slots) if (binding !== undefined) expected++;
  if (got === expected) return;
  throw refuse("INVALID_ARGUMENT", "run", `${name} takes ${expected} bindings, got ${got}`, undefined, { expected, got });
}

/** Does what is bound to slot `at` fit it, and is it bound once in this run? */
function checkBound(refuse: Refuse, program: Program, at: number, record: Held, run: number): void {
  const slot = program.slots[at]!;
  const fits = record.dtype === slot.dtype && record.length === slot.length;
  if (fits && record.bound !== run) return;
  const { binding } = slot;
  const fail = (what: string, fix?: string, facts?: Record<string, unknown>): SluiceError =>
    refuse("INVALID_ARGUMENT", "run", `binding ${binding} of ${program.name}, ${slot.name ?? `slot ${at}`}, is ${what}`, fix, {
      binding,
      ...facts,
    });
  if (fits) throw fail("bound to another slot too", "Bind a buffer of its own to every slot");
  const [expected, got] = [extent(slot), extent(record)];
  throw fail(`${expected}, got ${got}`, undefined, { expected, got });
}

function extent({ dtype, length }: { readonly dtype: DType; readonly length: number }): string {
  return `${dtype}[${length}]`;
}

function isWhole(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}
