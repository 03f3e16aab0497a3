import { expect, onTestFinished, test } from "vitest";
import { page } from "vitest/browser";
import { learn } from "./page.ts";

test("the page trains an LSTM on WebGL 2 and shows that it learns", async () => {
  const root = document.body.appendChild(document.createElement("main"));
  onTestFinished(() => root.remove());
  await page.viewport(800, 720);
  const { epochs, executor } = await learn(root);
  expect(executor).toBe("gpu.js webgl2");
  expect(root.querySelector(".status")!.textContent).toMatch(/^Epoch 25 of 25 on gpu\.js webgl2: loss 0\.0\d+/);
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss / 20);
  expect(root.querySelectorAll("polyline.model")).toHaveLength(2);
  await page.screenshot({ path: "../../../out/tide/page.png" }); // to be looked at
});
