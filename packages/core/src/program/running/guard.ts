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
  /** What to throw when the executable of `program` is used after its destroy. */
  destroyed(verb: string, program: string): SluiceError;
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
  const fail = (code: ErrorCode, verb: string, what: string, fix?: string, facts: Record<string, unknown> = {}): SluiceError =>
    new SluiceError({ code, who: `${name}.${verb}`, what, ...(fix === undefined ? {} : { fix }), facts });

  const guarding: Guard<B> = {
    closed: false,
    open(verb) {
      if (guarding.closed) throw fail("DISPOSED", verb, "this backend is closed", "Open a new one", { backend: name });
    },
    use(verb, buffer) {
      guarding.open(verb);
      const record = held(buffer);
      if (record === undefined)
        throw fail("INVALID_ARGUMENT", verb, "this buffer is not of this backend", "Use what this backend's create returned");
      if (!record.alive) throw fail("DISPOSED", verb, `this buffer (${extent(record)}) is destroyed`, undefined, { ...record });
      return record;
    },
    destroyed: (verb, program) =>
      fail("DISPOSED", verb, `the executable of ${program} is destroyed`, "Compile the program again", { program }),
    create(dtype, length) {
      guarding.open("create");
      if (!dtypes.includes(dtype))
        throw fail("UNSUPPORTED", "create", `dtype ${show(dtype)} is not among ${dtypes.join(", ")}`, undefined, { dtype, dtypes });
      if (!whole(length))
        throw fail("INVALID_ARGUMENT", "create", `a length is a whole number from 0, got ${show(length)}`, undefined, { length });
      if (length > maxLength)
        throw fail("UNSUPPORTED", "create", `${length} elements are over the limit of ${maxLength}`, undefined, {
          length,
          most: maxLength,
        });
    },
    write(buffer, data, at) {
      const record = guarding.use("write", buffer);
      const dtype = dtypeOf(data);
      if (dtype !== record.dtype)
        throw fail("INVALID_ARGUMENT", "write", `the buffer is ${record.dtype}, the data ${dtype ?? typeof data}`, undefined, {
          expected: record.dtype,
          got: dtype,
        });
      checkRange("write", record, at, data.length);
      return record;
    },
    read(buffer, at, length, into) {
      const record = guarding.use("read", buffer);
      checkRange("read", record, at, length);
      if (into === undefined) return record;
      const dtype = dtypeOf(into);
      if (dtype !== record.dtype)
        throw fail("INVALID_ARGUMENT", "read", `the buffer is ${record.dtype}, the target ${dtype ?? typeof into}`, undefined, {
          expected: record.dtype,
          got: dtype,
        });
      if (into.length < length)
        throw fail("INVALID_ARGUMENT", "read", `${length} elements do not fit into a target of ${into.length}`, undefined, {
          length,
          target: into.length,
        });
      return record;
    },
    bind(program, bindings) {
      runs++;
      const needed = bound(program);
      if (bindings.length !== needed)
        throw fail("INVALID_ARGUMENT", "run", `${program.name} takes ${needed} bindings, got ${bindings.length}`, undefined, {
          expected: needed,
          got: bindings.length,
        });
      for (let at = 0; at < program.slots.length; at++) {
        const slot = program.slots[at]!;
        if (slot.binding === undefined) continue;
        const record = guarding.use("run", bindings[slot.binding]!);
        if (record.dtype !== slot.dtype || record.length !== slot.length)
          throw fail(
            "INVALID_ARGUMENT",
            "run",
            `binding ${slot.binding} of ${program.name}, ${slot.name ?? `slot ${at}`}, is ${extent(slot)}, got ${extent(record)}`,
            undefined,
            { binding: slot.binding, expected: extent(slot), got: extent(record) },
          );
        if (record.bound === runs)
          throw fail(
            "INVALID_ARGUMENT",
            "run",
            `binding ${slot.binding} of ${program.name}, ${slot.name ?? `slot ${at}`}, is bound to another slot too`,
            "Bind a buffer of its own to every slot",
            { binding: slot.binding },
          );
        record.bound = runs;
      }
    },
    executable(program, { executor, run, destroy }) {
      let isAlive = true;
      const alive = (verb: string): void => {
        guarding.open(verb);
        if (!isAlive) throw guarding.destroyed(verb, program.name);
      };
      return {
        executor,
        run(bindings) {
          alive("run");
          guarding.bind(program, bindings);
          run(bindings);
        },
        destroy() {
          alive("destroy");
          isAlive = false;
          destroy();
        },
      };
    },
  };
  return guarding;

  function checkRange(verb: string, record: Held, at: number, length: number): void {
    if (whole(at) && whole(length) && at + length <= record.length) return;
    throw fail(
      "INVALID_ARGUMENT",
      verb,
      `elements from ${show(at)}, ${show(length)} of them, are outside the buffer (${extent(record)})`,
      undefined,
      {
        at,
        length,
        buffer: record.length,
      },
    );
  }
}

function extent({ dtype, length }: { readonly dtype: DType; readonly length: number }): string {
  return `${dtype}[${length}]`;
}

function bound({ slots }: Program): number {
  let count = 0;
  for (let at = 0; at < slots.length; at++) if (slots[at]!.binding !== undefined) count++;
  return count;
}

function whole(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}
