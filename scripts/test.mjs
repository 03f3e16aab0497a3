// `npm test`: set up, then everything this machine can check. The last line counts the tests; the exit code covers the rest too.
//
// `--thorough` adds the long hunts; other arguments choose test files by a part of their path.
// SLUICE_REQUIRE lists the vitest projects, by name, that must have run a test for the whole to count as passed.
import { browserProjects, findChromium } from "./chromium.mjs";
import { setUp } from "./setup.mjs";
import { must, step } from "./steps.mjs";

const args = process.argv.slice(2);
const patterns = args.filter((argument) => argument !== "--thorough");
if (patterns.length < args.length) process.env["SLUICE_THOROUGH"] = "1";

await setUp();
await must("Building", "turbo", ["run", "build", "--output-logs=errors-only"]);
const outcomes = {
  lint: await step("Linting", "oxlint", ["--quiet"]),
  format: await step("Checking the format", "oxfmt", ["--check"]),
  types: await step("Checking types", "turbo", ["run", "check", "--output-logs=errors-only"]),
};
const { passed, failed, skipped, ran } = await test();
const missing = (process.env["SLUICE_REQUIRE"] ?? "").split(/\s+/).filter((project) => project !== "" && !ran.has(project));

const failures = Object.entries({ ...outcomes, tests: failed === 0 && passed > 0, "required projects": missing.length === 0 })
  .filter(([, good]) => !good)
  .map(([name]) => name);
const chromium = await findChromium();
if ("reason" in chromium)
  console.log(`Not run, as no browser runs here: ${browserProjects.map(({ name }) => name).join(", ")}. Reason: ${chromium.reason}`);
if (missing.length > 0) console.log(`Required, and ran no test: ${missing.join(", ")}`);
if (failures.length > 0) console.log(`Failed: ${failures.join(", ")}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** What vitest says it ran. A file that broke outside its tests, and an error outside all files, count as one failed test each. */
async function test() {
  const { startVitest } = await import("vitest/node"); // there only after the set-up
  const vitest = await startVitest("test", patterns, { watch: false });
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  /** @param {import("vitest/node").TestState} state */
  const having = (state) => tests.filter((test) => test.result().state === state);
  const passing = having("passed");
  const failing = having("failed");
  const broken = modules.filter((module) => module.errors().length > 0).length + vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return {
    passed: passing.length,
    failed: failing.length + broken,
    skipped: tests.length - passing.length - failing.length,
    ran: new Set([...passing, ...failing].map((test) => test.project.name)),
  };
}
