import { expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

test("a reason keeps the names of files and loses where they lie", () => {
  const missing = new Error(
    "Cannot find module '/home/me/sluice/packages/cpu/dist/gather.js' imported from file:///home/me/x/program.js\nstack",
  );
  expect(reasonOf(missing)).toBe("Cannot find module 'gather.js' imported from program.js");
  expect(reasonOf("cannot open C:\\Users\\me\\model.onnx")).toBe("cannot open model.onnx");
});

test("what is no path stays as it is", () => {
  for (const text of ["is not installed: npm run bench:peers", "wants 3/4 of 1 GiB", "has no lstm/gru"]) expect(reasonOf(text)).toBe(text);
});
