// Laws that every figure keeps.
import fc from "fast-check";
import { expect, test } from "vitest";
import { page } from "../index.ts";
import { gallery, type Material } from "../testing/gallery.ts";
import { htmlFaults, made, parseXml, plotsOf, textOf } from "../testing/markup.ts";

const thorough = process.env["SLUICE_THOROUGH"] === "1";
const kinds = Object.entries(gallery);
const pageOf = (figure: (typeof gallery)[string], material: Material): string =>
  page({ title: "A page", sections: [{ content: [figure(material)] }] });

const names = ["alpha", "beta", "gamma"];
const plain: Material = { numbers: [3, 1, 4, 1, 5, 9, 2, 6], labels: names, title: "A title" };

const number = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, -1, 1e300, -1e300, 5e-324) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
);
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom(
    '<script>alert("1")</script>',
    "</style><b>",
    "]]>",
    "&amp;",
    "\0",
    "\uD800",
    "'\"><img src=x onerror=alert(1)>",
    "漢字",
    "x".repeat(200),
  ),
);
const material: fc.Arbitrary<Material> = fc.record({
  numbers: fc.array(number, { maxLength: 12 }),
  labels: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
  title: text,
});

test.each(kinds)(
  "%s: whatever the numbers and names, the page is valid HTML, its plots valid XML without a coordinate that is no number",
  (_, figure) => {
    fc.assert(
      fc.property(material, (drawn) => {
        const html = pageOf(figure, drawn);
        expect(htmlFaults(html)).toEqual([]);
        for (const plot of plotsOf(html)) {
          parseXml(plot);
          expect(plot).not.toMatch(/ (?:d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|transform)="[^"]*(?:NaN|Infinity|undefined)/);
        }
      }),
      { numRuns: thorough ? 60 : 3 },
    );
  },
);

test.each([
  ["histogram", { ...plain, numbers: [0, 5e-324] }],
  ["cut bars", { ...plain, numbers: [1.85422821542267e-309] }],
  ["dots", { ...plain, labels: ["\0", "<script>"] }],
] as const)("%s: numbers and names that once broke a plot", (kind, broke) => {
  const html = pageOf(gallery[kind]!, broke);
  expect(htmlFaults(html)).toEqual([]);
  for (const plot of plotsOf(html)) expect(plot).not.toMatch(/="[^"]*(?:NaN|Infinity)/);
});

test("the same input gives the same bytes, whatever was drawn before", () => {
  const all = (order: typeof kinds): Record<string, string> =>
    Object.fromEntries(order.map(([kind, figure]) => [kind, pageOf(figure, plain)]));
  expect(all(kinds.toReversed())).toEqual(all(kinds));
});

test.each(kinds)("%s has a plot for screens and one for phones, and says its title", (_, figure) => {
  const html = pageOf(figure, plain);
  const plots = plotsOf(html);
  expect(plots.length).toBe(2 * figure(plain).panels.length);
  expect(plots.filter((plot) => plot.includes('class="plot narrow"'))).toHaveLength(plots.length / 2);
  expect(textOf(html)).toContain("A title");
});

test.each(["alignment", "bars", "cut bars", "confusionMatrix", "dots", "trajectories"])("%s: both plots say every name", (kind) => {
  for (const plot of plotsOf(pageOf(gallery[kind]!, plain))) for (const name of names) expect(textOf(plot)).toContain(name);
});

test.each(kinds.filter(([kind]) => !["bars", "cut bars", "dots", "alignment", "confusionMatrix"].includes(kind)))(
  "%s: no numbers at all, and no number that is finite, are told in place of a plot",
  (_, figure) => {
    for (const numbers of [[], [Number.NaN, Infinity]]) {
      const html = pageOf(figure, { ...plain, numbers });
      if (plotsOf(html).length === 0) expect(html).toContain("There is nothing to draw.");
      else expect(figure({ ...plain, numbers }).title).toBe("A title"); // those that make their own numbers of these
    }
  },
);

test.each(kinds)("%s: one number, and the same number many times, are drawn", (_, figure) => {
  for (const numbers of [[2], [2, 2, 2, 2]]) expect(plotsOf(pageOf(figure, { ...plain, numbers })).length).toBeGreaterThan(0);
});

test.each(kinds)("%s: markup in titles and names is text", (_, figure) => {
  const hostile = '<img src=x onerror="alert(1)">';
  const html = pageOf(figure, { ...plain, title: hostile, labels: [hostile, "</svg><script>alert(1)</script>", "</style>"] });
  const { elements, attributes } = made(html);
  for (const name of ["img", "script", "iframe", "object", "a"]) expect(elements).not.toContain(name);
  for (const name of attributes) expect(name).not.toMatch(/^on|^src$|^href$|^style$/);
  expect(textOf(html)).toContain(hostile);
});

test.each(kinds)("%s needs nothing else: nothing is fetched, nothing runs", (_, figure) => {
  expect(pageOf(figure, plain).replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
    /https?:|<script|<link|<img|\bsrc=|@import|url\(/,
  );
});
