import { describe, expect, test, vi } from "vitest";
import type { Program } from "@sluice/core";
import { dense } from "@sluice/core/kit";
import { open } from "./open.ts";

describe.each(["webgl2", "webgl"] as const)("%s", (mode) => {
  test("what it cannot do is declared, and said before any work", async () => {
    const backend = await open({ modes: [mode] });
    const { dtypes, length, bindings } = backend.supports;
    expect(dtypes).toEqual(["f32", "i32"]);
    expect(length).toBe(2 ** 24);
    expect(bindings).toBe(14);
    expect(() => backend.create("f64", 1)).toThrow(/UNSUPPORTED|f64/);
    expect(() => backend.create("f32", length + 1)).toThrow(/over the limit/);
    const before = backend.statistics();
    const slots = [0, 1].map((binding) => ({ dtype: "f32" as const, length: length + 1, binding }));
    expect(() => backend.compile(copying(slots))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    expect(() => backend.compile(copying([0, 1].map((binding) => ({ dtype: "f64" as const, length: 1, binding }))))).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
    expect(backend.statistics()).toEqual(before);
    await backend.close();
  });

  test("a whole number that float32 cannot hold is refused, not rounded", async () => {
    const backend = await open({ modes: [mode] });
    const buffer = backend.create("i32", 2);
    expect(() => backend.write(buffer, Int32Array.of(1, 2 ** 24 + 1))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    backend.write(buffer, Int32Array.of(-(2 ** 31), 2 ** 24));
    expect([...(await backend.read(buffer))]).toEqual([-(2 ** 31), 2 ** 24]);
    await backend.close();
  });

  test("nothing is read from and written to buffers of no elements", async () => {
    const backend = await open({ modes: [mode] });
    const executable = await backend.compile(copying([0, 1].map((binding) => ({ dtype: "f32" as const, length: 0, binding }))));
    const [x, y] = [backend.create("f32", 0), backend.create("f32", 0)];
    backend.write(x, new Float32Array(0));
    executable.run([x, y]);
    expect(await backend.read(y)).toEqual(new Float32Array(0));
    await backend.close();
  });

  test("the last element of the longest buffer is where it should be", async () => {
    const backend = await open({ modes: [mode] });
    const { length } = backend.supports;
    const slots = [length, 3].map((length, binding) => ({ dtype: "f32" as const, length, binding }));
    const from = dense(0, [3], { offset: length - 3 });
    const body = [
      { op: "load" as const, input: 0 },
      { op: "neg" as const, x: 0 },
    ];
    const program: Program = {
      name: "last",
      slots,
      steps: [{ kind: "map", shape: [3], body, inputs: [from], outputs: [{ view: dense(1, [3]), value: 1 }] }],
    };
    const executable = await backend.compile(program);
    const [x, y] = slots.map(({ length }) => backend.create("f32", length));
    backend.write(x!, Float32Array.of(5, 6, 7), length - 3);
    executable.run([x!, y!]);
    expect([...(await backend.read(y!))]).toEqual([-5, -6, -7]);
    await backend.close();
  });
});

test("a GL that is too old is passed over, with the reason", async () => {
  const { getParameter } = WebGL2RenderingContext.prototype;
  const old = vi.spyOn(WebGL2RenderingContext.prototype, "getParameter").mockImplementation(function (this: WebGL2RenderingContext, name) {
    return name === this.MAX_COMBINED_TEXTURE_IMAGE_UNITS ? 8 : (getParameter.call(this, name) as unknown);
  });
  const reason = { code: "BACKEND_UNAVAILABLE", message: expect.stringContaining("webgl2: 8 texture units are too few") };
  await expect(open({ modes: ["webgl2"] })).rejects.toMatchObject(reason);
  const backend = await open();
  expect(backend.mode).toBe("webgl");
  await backend.close();
  old.mockRestore();
});

test("a mode that is none, and an option that there is not, are errors of the caller", async () => {
  await expect(open({ mode: ["webgl"] } as never)).rejects.toThrow("Did you mean modes?");
  await expect(open({ modes: "webgl" as never })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(open({ modes: ["cpu" as "webgl"] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

/** Negates slot 0 into slot 1. */
function copying(slots: Program["slots"]): Program {
  const shape = [slots[0]!.length];
  const outputs = [{ view: dense(1, shape), value: 1 }];
  return {
    name: "negate",
    slots,
    steps: [
      {
        kind: "map",
        shape,
        body: [
          { op: "load", input: 0 },
          { op: "neg", x: 0 },
        ],
        inputs: [dense(0, shape)],
        outputs,
      },
    ],
  };
}
