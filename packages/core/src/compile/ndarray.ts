// Arrays on a backend.
import { checkBackend } from "../arguments/backend.ts";
import { checkDType, checkElements, checkText } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { Backend, DType, Shape, TypedArray } from "../backend.ts";
import { dispose } from "../dispose.ts";
import { SluiceError } from "../errors.ts";
import { sizeOf } from "../shape.ts";
import { type ArrayOptions, hostArray } from "../host/hostArray.ts";
import type { Values } from "../host/numbers.ts";
import { allOrNothing } from "./allOrNothing.ts";
import { type Living, unwatch, watch } from "./reclaim.ts";
import { release } from "./release.ts";

/**
 * An array that lives on a backend. Whoever made it owns it and disposes of it; it is gone with its backend, and in the end also when nobody
 * holds it any more, though only the engine knows when that is.
 * `read`, `write` and runs take effect in call order. After `dispose` every use throws DISPOSED.
 */
export class NDArray {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly axes: readonly (string | undefined)[] | undefined;
  readonly name: string;
  #buffer: unknown;
  readonly #living: Living | undefined;
  #isDisposed = false;

  /** `living` counts it for as long as it lives. */
  constructor(backend: Backend, dtype: DType, shape: Shape, options: Pick<ArrayOptions, "name" | "axes"> = {}, living?: Living) {
    const { name = "array", axes } = named("array", options, { name: true, axes: true });
    checkText("array", "name", name);
    checkBackend(name, backend);
    checkDType(name, "dtype", dtype);
    checkElements(name, "shape", shape);
    this.backend = backend;
    this.dtype = dtype;
    this.shape = shape;
    this.axes = axes;
    this.name = name;
    this.#buffer = backend.create(dtype, sizeOf(shape));
    this.#living = living;
    if (living !== undefined) living.count++;
    watch(this, { backend: new WeakRef(backend), buffer: this.#buffer, living });
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** What the backend knows it by. Throws DISPOSED. */
  get buffer(): unknown {
    if (this.#isDisposed)
      throw new SluiceError({
        code: "DISPOSED",
        who: this.name,
        what: `the array [${this.shape.join(", ")}] was disposed of`,
        fix: "Keep it until its last use",
      });
    return this.#buffer;
  }

  /** The numbers as of this call, row-major; into `into` where given. */
  async read(into?: TypedArray): Promise<TypedArray> {
    return this.backend.read(this.buffer, 0, this.size, into);
  }

  /** Overwrites elements from position `at` on; `data` is copied before this returns. */
  write(data: TypedArray, at = 0): void {
    this.backend.write(this.buffer, data, at);
  }

  /** Gives the memory back; a second call does nothing, nor does one after the backend was closed. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    unwatch(this);
    if (this.#living !== undefined) this.#living.count--;
    release(() => this.backend.destroy(this.#buffer));
  }

  [dispose](): void {
    this.dispose();
  }
}

/**
 * An array on `backend` with the numbers given: a typed array, a number, or nested lists of either. Integers of up to 32 bits become i32,
 * Float16Array f32. Throws as `hostArray` and `zeros` do; then nothing is left on the backend.
 */
export function array(backend: Backend, values: Values, options: ArrayOptions = {}): NDArray {
  const host = hostArray(values, options),
    { dtype, shape } = host;
  return allOrNothing((keep) => {
    const made = keep(new NDArray(backend, dtype, shape, naming(options)));
    made.write(host.data);
    return made;
  });
}

/**
 * An array of zeros. dtype f32 unless given. Throws INVALID_ARGUMENT for sizes that are no whole numbers from 0, or of more than 2³¹ − 1
 * elements together; UNSUPPORTED and OUT_OF_MEMORY as the backend does.
 */
export function zeros(backend: Backend, shape: Shape, options: Omit<ArrayOptions, "shape"> = {}): NDArray {
  const { dtype = "f32" } = named("zeros", options, { dtype: true, name: true, axes: true });
  return new NDArray(backend, dtype, shape, naming(options));
}

function naming({ name, axes }: Pick<ArrayOptions, "name" | "axes">): Pick<ArrayOptions, "name" | "axes"> {
  return { axes, ...(name !== undefined && { name }) };
}
