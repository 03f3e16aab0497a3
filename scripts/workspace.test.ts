// Laws of the workspace itself, which no compiler checks.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folders, manifest, root } from "./packages.mjs";

const all = folders().map(manifest);
const published = all.filter((one) => one.private !== true);

test("dependencies point one way, and core has none", () => {
  expect(Object.fromEntries(published.map(({ name, dependencies = {} }) => [name, Object.keys(dependencies)]))).toEqual({
    "@sluice/core": [],
    "@sluice/cpu": ["@sluice/core"],
    "@sluice/workers": ["@sluice/core", "@sluice/cpu"],
    "@sluice/nn": ["@sluice/core"],
    "@sluice/search": ["@sluice/core", "@sluice/nn"],
    "@sluice/logging": ["@bufbuild/protobuf", "@sluice/core", "@sluice/nn"],
    "@sluice/cli": ["@sluice/core", "@sluice/formats", "@sluice/nn", "commander", "yocto-spinner"],
    "@sluice/data": ["@sluice/core", "csv-parse"],
    "@sluice/formats": ["@bufbuild/protobuf", "@sluice/core", "@sluice/cpu", "@sluice/nn", "fflate"],
    "@sluice/report": ["@observablehq/plot", "@sluice/core", "@sluice/nn", "d3-scale", "linkedom"],
    "@sluice/insight": ["@sluice/core", "@sluice/nn", "ml-matrix"],
    "@sluice/webgl": ["@sluice/core", "gpu.js"],
    "@sluice/conformance": ["@sluice/core", "fast-check"],
  });
});

test("versions stand in one place, the catalog", () => {
  const versions = all.flatMap(({ dependencies, devDependencies }) => Object.values({ ...dependencies, ...devDependencies }));
  expect(versions.filter((version) => version !== "catalog:" && version !== "workspace:*")).toEqual([]);
});

test.each(all)("$name is ESM under the MIT licence, for the Node of the workspace", ({ type, license, engines }) => {
  expect({ type, license, engines }).toEqual({ type: "module", license: "MIT", engines: manifest("").engines });
});

test.each(published)(
  "$name has no side effects at import, and each of its entries names its types first",
  ({ sideEffects, exports = {} }) => {
    expect(sideEffects).toBe(false);
    for (const target of Object.values(exports)) {
      expect(Object.keys(target)).toEqual(["types", "default"]);
      expect(target.types).toBe(target.default.replace(/\.js$/, ".d.ts"));
    }
  },
);

test("the lockfile names packages, never where they were fetched", () => {
  expect(readFileSync(join(root, "pnpm-lock.yaml"), "utf8")).not.toMatch(/https?:|tarball/);
});
