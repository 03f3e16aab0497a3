import { expect, test, vi } from "vitest";
import { compile, type Tensor, zeros } from "@sluice/core";
import { open } from "./open.ts";

test("100,000 results of 4 kB that are read and never disposed of fit into 16 MiB", { timeout: 120_000 }, async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const backend = await open({ memory: 2 ** 24 });
  const next = compile(backend, (x: Tensor) => x.add(1));
  const x = zeros(backend, [1024]);
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += (await (await next(x)).read())[0]!;
  expect(sum).toBe(100_000);
  expect(warned).toHaveBeenCalledTimes(1);
  warned.mockRestore();
  await backend.close();
});
