import { expect, test } from "vitest";
import { type GPU, type Texture, load } from "./gpujs.ts";
import { addHelpers, checkReal, createKernels, drop, settings } from "./kernels.ts";
import { createReader } from "./reader.ts";
import { type Shader, shader } from "./shader.ts";

test.each(["webgl2", "webgl"] as const)(
  "on %s the kernel longest unused is destroyed past the bound, what it rendered is not, and it comes back when it is wanted",
  async (mode) => {
    const { GPU, Input } = await load();
    const gpu = new GPU({ mode });
    addHelpers(gpu);
    const upload = gpu.createKernel("function (data) { return data[this.thread.x]; }", {
      ...settings,
      output: [4],
      dynamicOutput: false,
      argumentTypes: { data: "Input" },
    });
    const input = upload(new Input(Float32Array.of(1, 2, 3, 4), [4])) as Texture;
    const kernels = createKernels(gpu, mode, input, 2);
    const read = createReader(gpu.context);
    const programs = watch(gpu);
    const run = (times: number): Texture => kernels.run(scaling(times), [input], [0], 4)[0]!;

    const outputs = [2, 2, 3, 5].map(run); // the second run of 2 has a texture of its own; 5 takes the place of 2
    expect(kernels.size).toBe(2);
    expect(programs).toEqual({ made: 3, deleted: 1 });
    expect(outputs.map((output) => [...read(output, 0, 4)])).toEqual([
      [2, 4, 6, 8],
      [2, 4, 6, 8],
      [3, 6, 9, 12],
      [5, 10, 15, 20],
    ]);
    run(3);
    expect(programs.made).toBe(3);
    expect([...read(run(2), 2, 2)]).toEqual([6, 8]); // in the place of 5
    expect(programs).toEqual({ made: 4, deleted: 2 });

    outputs.forEach((output) => drop(gpu.context, output));
    const left = outputs.map(({ texture }) => gpu.context.isTexture(texture));
    expect(left).toEqual([false, false, false, false]); // 3 has run again since
    await gpu.destroy();
  },
);

test("a kernel that gpu.js would run on the processor is an error", async () => {
  const { GPU } = await load();
  const gpu = new GPU({ mode: "cpu" as "webgl2" });
  const kernel = gpu.createKernel("function () { return 1; }", { ...settings, output: [1], dynamicOutput: false, argumentTypes: {} });
  kernel.build();
  expect(() => checkReal(kernel, "webgl2")).toThrow("gpu.js took mode cpu instead of webgl2");
});

function scaling(times: number): Shader {
  return shader({ lines: [`return t0[p0 + this.thread.x] * ${times};`], textures: 1, numbers: 1, specials: false, outputs: 1, length: 4 });
}

/** Counts the programs of a context from now on. */
function watch({ context }: GPU): { made: number; deleted: number } {
  const count = { made: 0, deleted: 0 };
  const { createProgram, deleteProgram } = context;
  context.createProgram = () => (count.made++, createProgram.call(context));
  context.deleteProgram = (program) => (count.deleted++, deleteProgram.call(context, program));
  return count;
}
