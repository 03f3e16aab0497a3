import { expect, onTestFinished, test, vi } from "vitest";
import { page } from "vitest/browser";
import { start } from "./page.ts";

test("the page hears the speech that comes along, says when somebody speaks, and learns from what is held", async () => {
  const root = document.body.appendChild(document.createElement("main"));
  onTestFinished(() => root.remove());
  await page.viewport(800, 560);
  await start(root);
  const part = <E extends HTMLElement>(selector: string): E => root.querySelector<E>(selector)!;
  const status = part(".status");
  expect(status.textContent).toBe("Ready. Choose what it is to hear.");
  part("button.speech").click();
  await vi.waitFor(() => expect(root.querySelectorAll("rect.voice").length).toBeGreaterThan(100), { timeout: 20_000 });
  part("button.teach").dispatchEvent(new PointerEvent("pointerdown"));
  await vi.waitFor(() => expect(root.querySelectorAll("rect.label").length).toBeGreaterThan(20), { timeout: 20_000 });
  part("button.teach").dispatchEvent(new PointerEvent("pointerup"));
  await vi.waitFor(() => expect(status.dataset["state"]).toBe("done"), { timeout: 30_000 });
  const segments = [...root.querySelectorAll("li")].map(({ textContent }) => textContent);
  expect(segments[0]).toMatch(/^0\.3\d – 2\.2\d s$/);
  expect(segments.length).toBeGreaterThan(3);
  await page.screenshot({ path: "../../../../out/voice/page.png" }); // to be looked at
  part("button.learn").click();
  await vi.waitFor(() => expect(status.dataset["state"]).toBe("learnt"), { timeout: 60_000 });
  expect(status.textContent).toMatch(/^Has learnt from 1[01] seconds/);
});
