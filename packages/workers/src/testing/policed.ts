// For tests: what backends say on a page whose policy forbids WebAssembly.
import { SluiceError, type Tensor, array, compile } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { open } from "../open.ts";

const failure = (error: unknown): unknown => (error instanceof SluiceError ? `${error.code}: ${error.message}` : String(error));

/** What cpu computes of 1, 2, 3 doubled, and why workers and cpu with SIMD do not open. */
export async function report(): Promise<unknown> {
  const backend = await openCpu();
  const double = await compile(backend, (x: Tensor) => x.mul(2)).bind(array(backend, Float32Array.of(1, 2, 3)));
  double.run();
  return {
    executor: double.executor,
    doubled: [...(await double.outputs.read())],
    simd: await openCpu({ simd: true }).then(() => "opened", failure),
    workers: await open({ threads: 2 }).then(() => "opened", failure),
  };
}
