// Csv: what is written is read, in one piece or in any, and what is wrong is told by line and column.
import { parse as parseInPages } from "csv-parse/browser/esm/sync";
import { parse as parseInNode } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvRows, matrix, oneHot, parseCsv, parseCsvStream } from "../index.ts";

const types = { n: "number", s: "string", c: "category" } as const;
const cell = fc.string({ unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r", " ", "é", "\u{1F600}"), maxLength: 5 });
const row = fc.record({ n: fc.double({ noNaN: true, noDefaultInfinity: true }), s: cell, c: cell });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const written = (rows: readonly { readonly n: number; readonly s: string; readonly c: string }[], end: string) =>
  ['"s",x,n,c', ...rows.map(({ n, s, c }) => [quoted(s), "", Object.is(n, -0) ? "-0" : String(n), quoted(c)].join(","))].join(end);

test("what was written is read, in one piece or cut anywhere, as text or as bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 5 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(fc.nat(200), { maxLength: 6 }),
      fc.boolean(),
      async (rows, end, cuts, isBytes) => {
        const text = written(rows, end),
          whole = isBytes ? new TextEncoder().encode(`\uFEFF${text}`) : `\uFEFF${text}`;
        const options = { types, missing: "keep", markers: [] } as const;
        const table = parseCsv(`\uFEFF${text}`, options);
        expect([...table.columns.n]).toEqual(rows.map(({ n }) => n));
        expect(table.columns.s).toEqual(rows.map(({ s }) => s));
        const { codes, categories } = table.columns.c;
        expect(Array.from(codes, (code) => categories[code] ?? "")).toEqual(rows.map(({ c }) => c));
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((to, i) => whole.slice(at[i], to));
        expect(await parseCsvStream(pieces, options)).toEqual(table);
        const read: unknown[] = [];
        for await (const one of csvRows(pieces, options)) read.push(one);
        expect(read).toEqual(rows.map(({ n, s, c }) => ({ n, s, c })));
      },
    ),
    { numRuns: 60 },
  );
});

test("csv-parse's build for pages reads as the one for Node, errors included", () => {
  const outcome = (parse: typeof parseInNode, text: string): unknown => {
    try {
      return parse(text, { info: true, relax_column_count: true, skip_empty_lines: true });
    } catch (error) {
      const { code, records } = error as { readonly code?: unknown; readonly records?: unknown }; // one of csv-parse's, which has both
      return { code, records };
    }
  };
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", "é", "\u{1F600}"), maxLength: 12 }), (text) => {
      expect(outcome(parseInPages, text)).toEqual(outcome(parseInNode, text));
    }),
  );
});

test("types are what they say: numbers with a point, dates in UTC by ISO 8601, yes and no", () => {
  const text = "day,at,n,yes,own\n2024-02-29,2026-11-30T18:05:00+01:00, 1e-3 ,Yes,a\n1999-12-31,2026-11-30 18:05,-.5,0,bb";
  const { rows, columns } = parseCsv(text, {
    types: { day: "date", at: "date", n: "number", yes: "boolean", own: (one: string) => one.length },
  });
  expect(rows).toBe(2);
  expect([...columns.day]).toEqual([Date.UTC(2024, 1, 29), Date.UTC(1999, 11, 31)]);
  expect([...columns.at]).toEqual([Date.UTC(2026, 10, 30, 17, 5), Date.UTC(2026, 10, 30, 18, 5)]);
  expect([...columns.n]).toEqual([0.001, -0.5]);
  expect([...columns.yes]).toEqual([1, 0]);
  expect([...columns.own]).toEqual([1, 2]);
});

test("categories that are said before have their codes by that order, and others are refused", () => {
  const sky = ["rain", "sun"] as const;
  const { w } = parseCsv('w\nsun\n""\nrain', { types: { w: sky }, missing: "keep" }).columns;
  expect(w).toEqual({ codes: Int32Array.of(1, -1, 0), categories: ["rain", "sun"] });
  expect(() => parseCsv("w\nsun\nhail", { types: { w: sky } })).toThrow(/line 3, column "w": "hail" is none of rain, sun/);
  expect(() => parseCsv("w\nsun", { types: { w: [] } })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});

test("a missing cell is refused, kept, drops its row or repeats the one before, by column", () => {
  const text = "a,b,c\n1,x,NA\n,y,2\n3,,\n4,z,5";
  const columns = { a: "number", b: "category", c: "number" } as const;
  expect(() => parseCsv(text, { types: columns })).toThrow(
    expect.objectContaining({ code: "NOT_FINITE", message: expect.stringMatching(/csv, line 2, column "c": the cell is missing: "NA"/) }),
  );
  const kept = parseCsv(text, { types: columns, missing: "keep" }).columns;
  expect([...kept.a, ...kept.c]).toEqual([1, NaN, 3, 4, NaN, 2, NaN, 5]);
  expect(kept.b).toEqual({ codes: Int32Array.of(0, 1, -1, 2), categories: ["x", "y", "z"] });
  expect([...parseCsv(text, { types: columns, missing: "drop" }).columns.a]).toEqual([4]);
  const mixed = parseCsv(text, { types: columns, missing: { a: "forward", b: "drop", c: "keep" } }).columns;
  expect([...mixed.a]).toEqual([1, 1, 4]);
  expect(() => parseCsv(text, { types: columns, missing: "forward" })).toThrow(/line 2, column "c": the first cell is missing/);
  expect([...parseCsv("n\n-999\n1", { types: { n: "number" }, markers: ["-999"], missing: "keep" }).columns.n]).toEqual([NaN, 1]);
});

test.each<[string, string, RegExp]>([
  ["a cell of another type", 'n,s\n1,"a\nb"\n\n2x,c', /weather\.csv, line 5, column "n": "2x" is not a number/],
  ["a comma for a point", 'n,s\n"1,5",a', /line 2, column "n"/],
  ["an infinity", "n,s\nInfinity,a", /line 2, column "n"/],
  ["a cell too few", "n,s\n1,a\n2", /line 3: there are 1 cells, the first record has 2 names/],
  ["a cell too many", "n,s\n1,a,b", /line 2: there are 3 cells/],
  ["a column that is not there", "m,s\n1,a", /line 1: there is no column "n"/],
  ["columns that are not there", "m\n1", /line 1: the columns n, s are missing/],
  ["a column twice", "n,s,n\n1,a,2", /line 1: the column "n" is there twice/],
  ["a quote that stays open", 'n,s\r\n1,"a\r\nb"\r\n2,"c', /line 4: a quote that opens is never closed/],
  ["a quote that stays open behind empty lines", 'n,s\n\n\n1,"c', /line 4: a quote that opens/],
  ["a quote within a cell", 'n,s\n1,a\n2,b"c', /line 3: a quote stands within/],
  ["something behind a quote", 'n,s\n1,"a"b', /line 2: something stands behind a quote/],
])("%s is told by its line", async (_, text, what) => {
  const options = { types: { n: "number", s: "string" }, source: "weather.csv" } as const,
    told = expect.objectContaining({ code: "FILE_CORRUPT", message: expect.stringMatching(what) });
  expect(() => parseCsv(text, options)).toThrow(told);
  await expect(parseCsvStream([...text], options)).rejects.toThrow(told);
});

test("a file may mix its ends of lines", async () => {
  const text = "n,s\n1,a\r\n2,b\r3,c";
  const options = { types: { n: "number", s: "string" } } as const,
    { columns } = parseCsv(text, options);
  expect([[...columns.n], columns.s]).toEqual([[1, 2, 3], ["a", "b", "c"]]); // prettier-ignore
  expect((await parseCsvStream([...text], options)).columns).toEqual(columns);
});

test("empty lines are passed over, also in a column by itself, where a cell of nothing in quotes is none", () => {
  expect(parseCsv("n,s\n\n1,a\n\n\n2,b\n\n", { types: { n: "number" } }).rows).toBe(2);
  const { rows, columns } = parseCsv('s\n\na\n""\n\n', { types: { s: "string" }, missing: "keep" });
  expect([rows, columns.s]).toEqual([2, ["a", ""]]);
  expect(() => parseCsv("n\n\n\n1\n\nx", { types: { n: "number" } })).toThrow(/line 6, column "n"/);
  expect(() => parseCsv('n\n\n1\n\n"2', { types: { n: "number" } })).toThrow(/line 5: a quote that opens/);
});

test.each(["2023-02-29", "2026-13-01", "30.11.2026", "2026-11-30T25:00", "0001-01-01", "2026-1-1"])("%s is no date", (text) => {
  expect(() => parseCsv(`d\n${text}`, { types: { d: "date" } })).toThrow(/line 2, column "d"/);
});

test("rows of a stream are read as they are asked for", async () => {
  let asked = 0;
  const endless = (function* () {
    yield "n\n";
    for (;;) yield `${asked++}\n`;
  })();
  const read: number[] = [];
  for await (const { n } of csvRows(endless, { types: { n: "number" } })) {
    read.push(n);
    if (read.length === 3) break;
  }
  expect(read).toEqual([0, 1, 2]);
  expect(asked).toBe(3);
});

test("a body is read where the engine does not iterate over it, and cancelled where a loop ends early", async () => {
  const bodyOf = (text: string) => {
    const pieces = [...text].map((char) => new TextEncoder().encode(char));
    const seen = { cancelled: false, read: 0 };
    const reader = {
      read: async () => (seen.read === pieces.length ? { done: true } : { done: false, value: pieces[seen.read++] }),
      cancel: async () => void (seen.cancelled = true),
    };
    return { seen, body: { getReader: () => reader } };
  };
  const options = { types: { n: "number" } } as const;
  const whole = bodyOf("n\n1\n2\n");
  expect([...(await parseCsvStream(whole.body, options)).columns.n]).toEqual([1, 2]);
  expect(whole.seen.cancelled).toBe(false);
  const cut = bodyOf("n\n1\n2\n3\n");
  for await (const _ of csvRows(cut.body, options)) break;
  expect(cut.seen).toEqual({ cancelled: true, read: 4 });
  expect((await parseCsvStream(new Response("n\n7").body!, options)).rows).toBe(1); // as Node has them
});

test("columns become a matrix, with those of categories beside them", () => {
  const { columns } = parseCsv("t,w\n1,sun\n2,rain", { types: { t: "number", w: "category" } });
  expect(matrix({ t: columns.t, weather: oneHot(columns.w) }, ["weather", "t"])).toEqual({
    dtype: "f64",
    shape: [2, 3],
    columns: ["sun", "rain", "t"],
    data: Float64Array.of(1, 0, 1, 0, 1, 2),
  });
  expect(matrix({ a: [[1, 2], [3, 4]] }).columns).toEqual(["a 0", "a 1"]); // prettier-ignore
  expect(() => matrix(columns)).toThrow(/w must be numbers.*oneHot/);
  expect(() => matrix(columns, ["x"])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => matrix({ a: [1], b: [1, 2] })).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(() => matrix({})).toThrow(expect.objectContaining({ code: "EMPTY_DATA" }));
});

test.each<[string, () => unknown, string]>([
  ["no types", () => parseCsv("a\n1", {} as never), "INVALID_ARGUMENT"],
  ["a type that there is not", () => parseCsv("a\n1", { types: { a: "int" as never } }), "INVALID_ARGUMENT"],
  ["missing of another column", () => parseCsv("a\n1", { types: { a: "number" }, missing: { b: "drop" } as never }), "INVALID_ARGUMENT"],
  ["a delimiter of two", () => parseCsv("a\n1", { types: { a: "number" }, delimiter: ",," }), "INVALID_ARGUMENT"],
  ["no text", () => parseCsv(["a"] as never, { types: { a: "number" } }), "INVALID_ARGUMENT"],
  ["nothing", () => parseCsv("", { types: { a: "number" } }), "EMPTY_DATA"],
  ["names alone", () => parseCsv("a\n", { types: { a: "number" } }), "EMPTY_DATA"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});

test("a stream that is none, or no UTF-8, is refused", async () => {
  const options = { types: { a: "number" } } as const;
  await expect(parseCsvStream("a\n1", options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(parseCsvStream([Uint8Array.of(0x61, 0x0a, 0xff)], options)).rejects.toMatchObject({ code: "FILE_CORRUPT" });
  await expect(parseCsvStream([3] as never, options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(parseCsvStream([], options)).rejects.toMatchObject({ code: "EMPTY_DATA" });
  await expect(csvRows([], options).next()).rejects.toMatchObject({ code: "EMPTY_DATA" });
});
