// Any backend with the whole contract tested at run time: what a program or a caller does wrong throws instead of corrupting.
import type { Backend, DType, Executable, Program, Slot, TypedArray } from "../../backend.ts";
import { check } from "../check/check.ts";
import { asyncDispose } from "../../dispose.ts";
import { allocate } from "../../dtypes/arrays.ts";
import { type Held, guard } from "./guard.ts";

/** A buffer of a checked backend: the inner buffer and what is known of it. */
export interface Checked<B> extends Held {
  readonly inner: B;
}

/**
 * The same backend, checked. `compile` runs `check` first; every verb tests that its buffers are alive, of this backend, of the right dtype and
 * long enough; `run` also that nothing is bound twice. Before each run all scratch is filled with NaN (i32: −2³¹; the largest finite number
 * where the backend loses NaN), so that a program that reads what it never wrote shows it.
 *
 * Scratch slots become bindings that the executable owns, which is how they can be filled. Throws by the codes of the contract. Slower: for
 * tests and debugging.
 */
export function checked<B>(backend: Backend<B>): Backend<Checked<B>> {
  const { supports } = backend;
  const own = new WeakSet<Checked<B>>();
  const guards = guard<Checked<B>>({
    name: backend.name,
    ...supports,
    held: (buffer) => (typeof buffer === "object" && own.has(buffer) ? buffer : undefined),
  });
  const close = async (): Promise<void> => {
    if (guards.closed) return;
    guards.closed = true;
    await backend.close();
  };
  return {
    name: backend.name,
    supports,
    create(dtype, length) {
      guards.create(dtype, length);
      const buffer = { inner: backend.create(dtype, length), dtype, length, alive: true, bound: 0 };
      own.add(buffer);
      return buffer;
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      backend.write(buffer.inner, data, at);
    },
    async read(buffer, at = 0, length = buffer.length - at, into) {
      guards.read(buffer, at, length, into);
      return into === undefined ? backend.read(buffer.inner, at, length) : backend.read(buffer.inner, at, length, into);
    },
    destroy(buffer) {
      guards.use("destroy", buffer).alive = false;
      backend.destroy(buffer.inner);
    },
    async compile(program) {
      guards.open("compile");
      check(program, supports);
      const { executor, run, destroy } = await poisoned(backend, program);
      return guards.executable(program, {
        executor: `checked ${executor}`,
        run: (bindings) => run(bindings.map(({ inner }) => inner)),
        destroy,
      });
    },
    close,
    [asyncDispose]: close,
  };
}

/** An executable of `backend` whose scratch is poisoned before every run. */
async function poisoned<B>(backend: Backend<B>, program: Program): Promise<Executable<B>> {
  const { program: exposed, scratch } = expose(program);
  const poisons = scratch.map(
    ({ dtype, length }) => allocate(dtype, length).fill(poisonOf(dtype, backend.supports.keeps.nan)) as TypedArray,
  );
  const buffers: B[] = [];
  const release = (): void => buffers.forEach((buffer) => backend.destroy(buffer));
  try {
    for (const { dtype, length } of scratch) buffers.push(backend.create(dtype, length));
    const executable = await backend.compile(exposed);
    return {
      executor: executable.executor,
      run(bindings) {
        buffers.forEach((buffer, at) => backend.write(buffer, poisons[at]!));
        executable.run([...bindings, ...buffers]);
      },
      destroy() {
        executable.destroy();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** The same program with its scratch slots bound after all others. */
function expose(program: Program): { program: Program; scratch: Slot[] } {
  let next = program.slots.filter(({ binding }) => binding !== undefined).length;
  const scratch: Slot[] = [];
  const slots = program.slots.map((slot): Slot => {
    if (slot.binding !== undefined || slot.data !== undefined) return slot;
    scratch.push(slot);
    return { ...slot, binding: next++ };
  });
  return { program: { ...program, slots }, scratch };
}

function poisonOf(dtype: DType, nan: boolean): number {
  if (dtype === "i32") return -(2 ** 31);
  return nan ? NaN : dtype === "f32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
}
