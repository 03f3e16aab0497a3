// A backend that counts what lives on it, and fails where a test wants it to.
import type { Backend } from "../../backend.ts";
import { SluiceError } from "../../errors.ts";

export interface Counting {
  readonly backend: Backend;
  /** Buffers and executables that were made and not destroyed. */
  alive(): number;
  /** The `n`th call from now on, of those that may fail, throws OUT_OF_MEMORY; 0 for none. */
  failAt(n: number): void;
  /** Whether it has. */
  failed(): boolean;
}

/** `create`, `write`, `compile` and `run` of `inner` may fail. */
export function counting(inner: Backend): Counting {
  const living = new Set<unknown>();
  let left = 0,
    hasFailed = false;
  const may = (verb: string): void => {
    if (left === 0 || --left > 0) return;
    hasFailed = true;
    throw new SluiceError({ code: "OUT_OF_MEMORY", who: `counting.${verb}`, what: "as the test wants it" });
  };
  const backend: Backend = {
    ...inner,
    create(dtype, length) {
      may("create");
      const buffer = inner.create(dtype, length);
      living.add(buffer);
      return buffer;
    },
    write(buffer, data, at) {
      may("write");
      inner.write(buffer, data, at);
    },
    destroy(buffer) {
      living.delete(buffer);
      inner.destroy(buffer);
    },
    async compile(program) {
      may("compile");
      const executable = await inner.compile(program);
      living.add(executable);
      return {
        executor: executable.executor,
        run(bindings) {
          may("run");
          executable.run(bindings);
        },
        destroy() {
          living.delete(executable);
          executable.destroy();
        },
      };
    },
  };
  return {
    backend,
    alive: () => living.size,
    failAt(n) {
      left = n;
      hasFailed = false;
    },
    failed: () => hasFailed,
  };
}
