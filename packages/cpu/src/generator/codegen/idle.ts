// A kernel that has nothing to do.
import { type Frame, type Kernel, parametersOf } from "./kernel.ts";

export function idle({ module }: Frame, scans: number): Kernel {
  return { code: module.once(`idle ${scans}`, () => module.function({ params: parametersOf(scans) }, () => [])), parts: 0, workspace: 0 };
}
