import { describe, expect, onTestFinished, test, vi } from "vitest";
import { open } from "./open.ts";
import { training } from "./testing/training.ts";

const sizes = { batch: 2, steps: 3, input: 2, units: 3 };

describe.each(["webgl2", "webgl"] as const)("%s", (mode) => {
  test("a lost context rejects the reads of the run in flight, and a backend opened anew works", async () => {
    const contexts = watchContexts();
    const backend = await open({ modes: [mode] });
    const bound = await training(backend, sizes);
    bound.run();
    contexts.at(-1)!.getExtension("WEBGL_lose_context")!.loseContext();
    await expect(bound.outputs.read()).rejects.toMatchObject({
      code: "BACKEND_FAILED",
      message: expect.stringContaining("context is lost"),
    });
    bound.run(); // enqueues, as always; the reads tell
    await expect(bound.outputs.read()).rejects.toMatchObject({ code: "BACKEND_FAILED" });
    await expect(training(backend, { ...sizes, units: 5 })).rejects.toMatchObject({ code: "BACKEND_FAILED" });

    const fresh = await open({ modes: [mode] });
    const again = await training(fresh, sizes);
    again.run();
    expect((await again.outputs.read())[0]).toBeGreaterThan(0);
    await fresh.close();
    await backend.close();
  });

  test("where memory ran out reads say so, for good, and a backend opened anew works", async () => {
    const contexts = watchContexts();
    const backend = await open({ modes: [mode] });
    const bound = await training(backend, sizes);
    const context = contexts.at(-1)!;
    context.getError = () => context.OUT_OF_MEMORY;
    bound.run();
    await expect(bound.outputs.read()).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
    context.getError = () => context.NO_ERROR;
    await expect(bound.outputs.read()).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
    const fresh = await open({ modes: [mode] });
    expect(await fresh.read(fresh.create("f32", 1))).toEqual(new Float32Array(1));
    await fresh.close();
    await backend.close();
  });
});

/** Every WebGL context that is made from now on. */
function watchContexts(): WebGLRenderingContext[] {
  const made: WebGLRenderingContext[] = [];
  const { getContext } = HTMLCanvasElement.prototype;
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement, ...args: unknown[]) {
    const context = (getContext as (...args: unknown[]) => WebGLRenderingContext | null).apply(this, args);
    if (context !== null) made.push(context);
    return context as never; // one signature for all kinds of context
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return made;
}
