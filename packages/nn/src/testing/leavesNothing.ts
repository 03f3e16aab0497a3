import { expect } from "vitest";
import type { Backend } from "@sluice/core";
import { counting } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";

/** Runs `use` with its backend failing at the first step, the second, and so on to none: each time nothing stays allocated. */
export async function leavesNothing(use: (backend: Backend) => Promise<void>): Promise<void> {
  const { backend, alive, failAt, failed } = counting(await open());
  for (let n = 1, more = true; more; n++) {
    failAt(n);
    await use(backend).catch((error: unknown) => {
      expect(error).toEqual(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    });
    more = failed();
    expect(alive()).toBe(0);
  }
  failAt(0);
  await use(backend);
  expect(alive()).toBe(0);
}
