// A Program to an executable: constants made, every step planned and its kernels compiled once. A run is a row of dispatches.
import { type Executable, type Kernel, type Program, SluiceError } from "@sluice/core";
import { stepwise, writtenBindings } from "@sluice/core/kit";
import type { Device } from "./gpu/device.ts";
import type { Limits } from "./gpu/limits.ts";
import { brokenOff } from "./gpu/failure.ts";
import { type Sheet, hold, hostSheet } from "./gpu/sheet.ts";
import { type Buffer, bufferOf, empty, lay } from "./memory/buffer.ts";
import { floatsOf } from "./memory/floats.ts";
import { gather } from "./steps/gather.ts";
import { map } from "./steps/map.ts";
import { matmul } from "./steps/matmul.ts";
import { type Pass, launchOf } from "./steps/pass.ts";
import { reduce } from "./steps/reduce.ts";
import { scatter } from "./steps/scatter.ts";
import { truncations } from "./steps/whole.ts";

/** Prepares a legal program. Scratch holds textures only while it runs. */
export function compile(program: Program, device: Device): Executable<Buffer> {
  const scratch: Buffer[] = [];
  const constants: Sheet[] = [];
  const prepare = (kernel: Kernel): Pass[] => {
    const passes = [...passesOf(kernel, device.limits), ...truncations(program, kernel)];
    for (const pass of passes) {
      if ("shader" in pass) built(program, kernel, () => device.prepare(pass.shader));
      if ("constant" in pass) constants.push(hold(pass.constant));
    }
    return passes;
  };
  const executable = stepwise<Buffer>({
    executor: `gpu.js ${device.mode}`,
    program,
    create({ dtype, length, data }) {
      const buffer = bufferOf(device, dtype, length);
      if (data === undefined) scratch.push(buffer);
      else lay(buffer, 0, hostSheet(length, floatsOf(data, `webgl.compile ${program.name}`)));
      return buffer;
    },
    destroy: empty,
    launch: (kernel) => launchOf(device, prepare(kernel)),
  });
  const written = writtenBindings(program);
  return {
    executor: executable.executor,
    destroy() {
      executable.destroy();
      constants.forEach(device.release);
    },
    run(bindings) {
      try {
        if (device.failure !== undefined) throw device.failure;
        executable.run(bindings);
      } catch (cause) {
        const failure = brokenOff(`webgl.run ${program.name}`, cause);
        for (const binding of written) bindings[binding]!.failure = failure;
      } finally {
        scratch.forEach(empty);
      }
    },
  };
}

function built(program: Program, { kind }: Kernel, build: () => void): void {
  try {
    build();
  } catch (cause) {
    throw new SluiceError({
      code: "UNSUPPORTED",
      who: `webgl.compile ${program.name}`,
      what: `a ${kind} does not compile on this GPU: ${cause instanceof Error ? cause.message : String(cause)}`,
      facts: { program: program.name, kind },
      cause,
    });
  }
}

/** The passes of one step. */
export function passesOf(kernel: Kernel, limits: Limits): Pass[] {
  switch (kernel.kind) {
    case "map":
      return map(kernel, limits);
    case "reduce":
      return reduce(kernel, limits);
    case "matmul":
      return matmul(kernel, limits);
    case "gather":
      return gather(kernel, limits);
    case "scatter":
      return scatter(kernel, limits);
  }
}
