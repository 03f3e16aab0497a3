// Every law of the conformance suite on real WebGL, in both of its versions.
import { type Verdict, format, laws } from "@sluice/conformance";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type WebGLBackend, open } from "./open.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const thorough = process.env["SLUICE_THOROUGH"] === "1";
/** Kernels take 20 to 80 ms each to compile on a software rasteriser: a run meets a few structures of each pool, other ones for each seed. */
describe.each([
  ["webgl2", 2],
  ["webgl", 1],
] as const)("%s", (mode, structures) => {
  const options = thorough ? { milliseconds: 4_000, seed, structures: 4 * structures } : { milliseconds: 500, seed, structures };
  const verdicts: Verdict[] = [];
  let kept: WebGLBackend; // so that all laws share one device, and with it the kernels
  beforeAll(async () => {
    kept = await open({ modes: [mode] });
  });
  afterAll(async () => {
    await kept.close();
    console.log(format({ backend: `webgl on ${mode}`, seed, ok: verdicts.length === laws.length, verdicts }));
  });

  test.each(laws.map((law) => [law.name, law] as const))("%s", async (title, law) => {
    const { examples } = await law.run(() => open({ modes: [mode] }), options);
    if (title.startsWith("rounding")) expect(examples).toBe(0); // it is for backends that declare no excess precision, which GLSL has
    else expect(examples).toBeGreaterThan(0);
    verdicts.push({ law: title, examples });
  });
});
