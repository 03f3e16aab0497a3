import { join } from "node:path";
import { expect, test } from "vitest";
import { optionsPage } from "../testing/optionsPage.ts";
import { layerTables, measureTables, operatingTables, otherTables } from "../testing/tables.ts";

const page = join(import.meta.dirname, "../../../../docs/options.md");

test("docs/options.md says what the tables say", async () => {
  await expect(optionsPage({ ...layerTables, ...measureTables, ...operatingTables, ...otherTables })).toMatchFileSnapshot(page);
});
