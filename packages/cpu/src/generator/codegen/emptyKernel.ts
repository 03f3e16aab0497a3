// A kernel that has nothing to do.
import { type KernelContext, type KernelFunction, parametersOf } from "./kernelFunction.ts";

export function emptyKernel({ module }: KernelContext, scans: number): KernelFunction {
  return {
    code: module.once(`idle ${scans}`, () => module.function({ params: parametersOf(scans) }, () => [])),
    parts: 0,
    workspaceBytes: 0,
  };
}
