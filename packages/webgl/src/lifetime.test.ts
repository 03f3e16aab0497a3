import { describe, expect, test } from "vitest";
import { open } from "./open.ts";
import { training } from "./testing/training.ts";

const sizes = { batch: 2, steps: 3, input: 2, units: 3 };

describe.each([
  ["webgl2", 1000, () => WebGL2RenderingContext.prototype],
  ["webgl", 200, () => WebGLRenderingContext.prototype],
] as const)("%s", (mode, steps, prototype) => {
  test(`${steps} training steps leave as many textures as the second did`, async () => {
    const textures = living(prototype());
    const backend = await open({ modes: [mode] });
    const bound = await training(backend, sizes);
    const losses: number[] = [];
    const run = async (times: number): Promise<object> => {
      for (let i = 0; i < times; i++) bound.run();
      losses.push((await bound.outputs.read())[0]!);
      return { ofTheContext: textures.count, ofSheets: backend.statistics().textures, kernels: backend.statistics().kernels };
    };
    await run(1);
    const baseline = await run(1);
    expect(await run(steps - 2)).toEqual(baseline);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    await backend.close();
    textures.stop();
  });

  test("what is disposed of leaves nothing", async () => {
    const backend = await open({ modes: [mode] });
    const empty = backend.statistics().textures;
    const bound = await training(backend, sizes);
    bound.run();
    bound.dispose();
    const x = backend.create("f32", 5);
    backend.destroy(x);
    await backend.close();
    const again = await open({ modes: [mode] });
    expect(again.statistics().textures).toBe(empty);
    await again.close();
  });

  test("a second compile of the same structure compiles no kernel", async () => {
    const backend = await open({ modes: [mode] });
    await training(backend, sizes);
    const { kernels } = backend.statistics();
    expect(kernels).toBeGreaterThan(10);
    await training(backend, sizes);
    expect(backend.statistics().kernels).toBe(kernels);
    await backend.close();
  });

  test("backends may be opened more often than a page has contexts, one after the other and at once", async () => {
    const kept = await open({ modes: [mode] });
    const x = kept.create("f32", 3);
    kept.write(x, Float32Array.of(1, 2, 3));
    const many = await Promise.all(Array.from({ length: 20 }, () => open({ modes: [mode] })));
    await Promise.all(many.map((backend) => backend.close()));
    expect([...(await kept.read(x))]).toEqual([1, 2, 3]);
    await kept.close();
    for (let i = 0; i < 20; i++) await (await open({ modes: [mode] })).close();
    const last = await open({ modes: [mode] });
    const bound = await training(last, sizes);
    bound.run();
    expect((await bound.outputs.read())[0]).toBeGreaterThan(0);
    await last.close();
  });
});

/** Counts the textures that live in contexts of a kind, by what is created and deleted from now on. */
function living(prototype: WebGLRenderingContext | WebGL2RenderingContext): { readonly count: number; stop(): void } {
  const { createTexture, deleteTexture } = prototype;
  const alive = new Set<WebGLTexture>();
  prototype.createTexture = function (this: WebGLRenderingContext) {
    const texture = createTexture.call(this);
    alive.add(texture);
    return texture;
  };
  prototype.deleteTexture = function (this: WebGLRenderingContext, texture: WebGLTexture | null) {
    deleteTexture.call(this, texture);
    if (texture !== null) alive.delete(texture);
  };
  return {
    get count() {
      return alive.size;
    },
    stop: () => void Object.assign(prototype, { createTexture, deleteTexture }),
  };
}
