import { expect, test } from "vitest";
import { compareRuns } from "../../measure/compare.ts";
import type { Row } from "../../measure/row.ts";
import { gone, result, row, run } from "../../testing/runs.ts";
import type { Run } from "../../measure/run.ts";
import { benchPage } from "./page.ts";

const html = benchPage(run);
const runOf = (...rows: readonly Row[]): Run => ({ ...run, results: [result("matmul-256", rows)] });

/** What stands inside the element of this id, up to the next of its kind. */
function part(text: string, id: string): string {
  const from = text.indexOf(`id="${id}"`);
  if (from < 0) return "";
  const tagName = /<(\w+)[^<]*$/.exec(text.slice(0, from))![1]!;
  return text.slice(from, text.indexOf(`</${tagName}>`, from));
}

test("every tag that opens closes, in its order", () => {
  for (const text of [html, benchPage({ ...run, results: [] }), benchPage(run, compareRuns(run, run))]) {
    const open: string[] = [];
    for (const [, end, name, alone] of text.matchAll(/<(\/?)([a-z]\w*)[^>]*?(\/?)>/g)) {
      if (name === "meta" || alone === "/") continue;
      if (end === "") open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  }
});

test("the page needs nothing else: no script, and nothing that is fetched", () => {
  expect(html).toContain(`default-src 'none'`);
  expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/<script|<link|<img|\bsrc=|url\(|@import|https?:/);
});

test("the table names every timed contender and workload, with the ratio to the fastest", () => {
  const table = part(html, "summary");
  for (const name of ["cpu", "peer a", "matmul-256", "lstm-t64", "lstm-t128"]) expect(table).toContain(name);
  expect(table).toMatch(
    /href="#bars-matmul-256">matmul-256<\/a><\/th><td>4\.00 ms<\/td><td class="strong"[^>]*>1<\/td><td title="[^"]*">5\.00<\/td>/,
  );
});

test("each workload has bars with its times and ratios, and its reasons for who was not timed", () => {
  const figure = part(html, "bars-matmul-256");
  for (const text of ["cpu", "peer a ×2", "4.00 ms", "20.0 ms", "5.00× [5.00, 5.00]", "is not installed: npm run bench:peers"])
    expect(figure).toContain(text);
  expect(part(html, "bars-lstm-t64")).toContain("peer wrong: disagrees: 0.1 from the oracle");
  expect(figure.match(/class="plot (wide|narrow)"/g)).toHaveLength(2);
});

test("bars are as long as times, and are cut where they would hide the others", () => {
  const lengths = (text: string) => {
    const [, wide = ""] = part(text, "bars-matmul-256").split("plot wide");
    return [...wide.split("plot narrow")[0]!.matchAll(/<rect [^>]*?width="([\d.]+)"/g)].map(([, width]) => Number(width));
  };
  const [one, three] = lengths(benchPage(runOf(row("cpu", 1), row("peer a", 3))));
  expect(three! / one!).toBeCloseTo(3, 1);
  const [fastest, far, farther] = lengths(benchPage(runOf(row("cpu", 1), row("peer a", 50), row("peer b", 5000))));
  expect([far! / fastest!, farther]).toEqual([expect.closeTo(10, 1), far]);
});

test("a family of a curve is one plot with a line for each contender", () => {
  const figure = part(html, "curve-lstm");
  expect(figure.match(/stroke-width="1.75"/g)).toHaveLength(4); // two contenders at two sizes of the plot
  expect(part(benchPage({ ...run, results: run.results.slice(0, 2) }), "curve-lstm")).toBe(""); // one point is no curve
});

test("shares of the limit, memory, compiling and first runs have a dot for each contender that has one", () => {
  const dots = (id: string) => part(html, id).match(/<circle /g)?.length;
  expect([dots("share"), dots("memory"), dots("compile"), dots("first")]).toEqual([12, 12, 2, 12]);
  expect(benchPage(runOf(row("cpu", 4, { memory: [] })))).not.toContain('id="memory"');
  expect(benchPage(runOf(row("webgl", 4, { threads: null })))).not.toContain('id="share"');
});

test("everyone who ran is named with the version", () => {
  expect(part(html, "run")).toContain("<dt>What ran</dt><dd>cpu: cpu 1.0; peer a: peer a 1.0</dd>");
});

test("the machine, its limit and the command to repeat the run are told", () => {
  for (const text of ["Some Processor, 2 cores", "v20.20.2", "2026-01-02 03:04 UTC", "npm run bench -- --quick", "40.0 GFLOP/s"])
    expect(part(html, "run")).toContain(text);
});

test("noise, and an early end, are told where the page begins", () => {
  const noisy = { ...run, results: [result("matmul-256", [row("cpu", 4)], { peaks: [40, 20, 20, 40, 20, 40] })] };
  expect(html).not.toMatch(/too noisy for a verdict on|ended early/);
  expect(benchPage(noisy)).toContain("too noisy for a verdict on matmul-256.");
  expect(benchPage({ ...run, interrupted: true })).toContain("The run was ended early");
});

test("targets are shown with what was reached, where the run can speak of them", () => {
  const both = benchPage(runOf(row("cpu", 4), row("ort-web-1", 8, { kind: "peer" })));
  expect(part(both, "targets")).toMatch(/matmul-256.*cpu.*ort-web-1.*0\.800.*0\.500 \[0\.500, 0\.500\].*good">met/);
  expect(benchPage(runOf(row("workers", 4)))).not.toContain('id="targets"');
});

test("what changed since a baseline is shown where there is one", () => {
  const before = runOf(row("cpu", 4), row("peer a", 2));
  const now = runOf(row("cpu", 8), row("peer a", 2));
  expect(part(benchPage(now, compareRuns(now, before)), "changes")).toMatch(/1 worse.*cpu.*bad">worse.*2\.00.*4\.00.*× 2\.00.*peer a/);
  expect(html).not.toContain('id="changes"');
});

test("names are text, never markup", () => {
  const nasty = '<b>&"x"';
  const text = benchPage(runOf(row(nasty, 1), { ...gone, reason: nasty }));
  expect(text).not.toContain(nasty);
  expect(text).toContain("&#60;b&#62;&#38;&#34;x&#34;");
});

test("every contender keeps its colour, and peers are rings", () => {
  const marks = new Set(
    [...html.matchAll(/<circle [^>]*?stroke="(var\(--c\d\))" fill="([^"]+)"|<circle [^>]*?fill="([^"]+)" stroke="(var\(--c\d\))"/g)].map(
      ([, a, b, c, d]) => `${a ?? d} ${b ?? c}`,
    ),
  );
  expect([...marks].toSorted()).toEqual(["var(--c0) var(--c0)", "var(--c1) var(--page)"]);
});
