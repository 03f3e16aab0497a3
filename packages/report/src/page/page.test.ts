import { adam, dense, input, sequential } from "@sluice/nn";
import { open } from "@sluice/cpu";
import { expect, test } from "vitest";
import { facts, lines, page, report, table } from "../index.ts";
import { historyOf } from "../testing/gallery.ts";
import { htmlFaults, made, textOf } from "../testing/markup.ts";

const hostile = '"><script>alert(1)</script><a href="javascript:alert(1)">';
const figure = lines({ title: "Curves", series: { a: [1, 2] } });

test("a page is valid HTML whose policy lets nothing in but its own style", () => {
  const html = page({
    title: "A page",
    lead: ["One.", "Two."],
    sections: [{ title: "Part", lead: "What.", content: [figure, facts({ Node: "20" }), "A paragraph."] }],
  });
  expect(htmlFaults(html)).toEqual([]);
  expect(html).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`);
  expect(html).toMatch(/<html lang="en"><head>.*<meta name="viewport".*<title>A page<\/title>/s);
  for (const text of ["A page", "One.", "Two.", "Part", "What.", "Curves", "Node", "20", "A paragraph."])
    expect(textOf(html)).toContain(text);
});

test("every text of the caller is text, wherever it stands", () => {
  const cells = table({
    title: hostile,
    columns: [hostile, hostile],
    rows: [[{ text: hostile, detail: hostile, hint: hostile }, hostile]],
    folded: true,
  });
  const html = page({
    title: hostile,
    lead: hostile,
    sections: [{ title: hostile, lead: hostile, content: [hostile, cells, facts({ [hostile]: hostile })] }],
  });
  expect(htmlFaults(html)).toEqual([]);
  const { elements, attributes } = made(html);
  for (const name of ["script", "a", "img"]) expect(elements).not.toContain(name);
  expect(attributes).not.toContain("href");
  expect(textOf(html).split(hostile)).toHaveLength(1 + 14);
});

test("ids are unique, links lead to what is there, and one that leads nowhere is no link", () => {
  const twice = { id: "same", content: [figure, lines({ title: "Curves", series: { b: [1] } })] };
  const links = table({ columns: ["to"], rows: [[{ text: "there", to: "same" }], [{ text: "nowhere", to: "gone" }]] });
  const html = page({ title: "x", sections: [twice, { id: "same", content: [links] }] });
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...html.matchAll(/<a href="([^"]+)">/g)].map(([, to]) => to)).toEqual(["#same"]);
  expect(textOf(html)).toContain("nowhere");
  for (const [, names] of html.matchAll(/aria-labelledby="([^"]+)"/g)) for (const name of names!.split(" ")) expect(ids).toContain(name);
});

test("a section without content is none", () => {
  expect(page({ title: "x", sections: [{ title: "Empty", content: [] }] })).not.toContain("Empty");
});

test("each bar of a table stands under its own number, as long as it says", () => {
  const html = page({
    title: "x",
    sections: [
      { content: [table({ columns: ["", "mean", "root"], rows: [["a", { text: "2.00", bar: 0.5 }, { text: "3.00", bar: 0.75 }]] })] },
    ],
  });
  expect(html).toMatch(/<td>2\.00<svg class="meter"[^>]*><rect width="50\.0%".*?<td>3\.00<svg class="meter"[^>]*><rect width="75\.0%"/s);
});

test("numbers stand at the right, words at the left", () => {
  const html = page({
    title: "x",
    sections: [
      {
        content: [
          table({
            columns: ["name", "number", "words"],
            rows: [
              ["a", "−1.5", "yes"],
              ["b", "3 ms", "no"],
            ],
          }),
        ],
      },
    ],
  });
  expect(html).toContain(`<th scope="col">number</th><th scope="col" class="words">words</th>`);
});

test.each<[string, () => unknown]>([
  ["page", () => page({ title: "x", sections: [{ content: [{ kind: "script" }] }] } as never)],
  ["page", () => page({ title: "x", sections: [], lang: '"><script>' })],
  ["page", () => page({ title: "x", sections: [], scripts: [] } as never)],
  ["table", () => table({ columns: ["a"], rows: [["a", "b"]] })],
  ["table", () => table({ columns: ["a"], rows: [[{ text: "a", to: "javascript:alert(1)" }]] })],
  ["table", () => table({ columns: ["a"], rows: [[{ text: "a", bar: 2 }]] })],
  ["table", () => table({ columns: [], rows: [], folded: true })],
  ["facts", () => facts({ a: 1 } as never)],
  ["report", () => report(historyOf([1]), { title: "x", figures: [{}] } as never)],
])("%#: %s refuses what it cannot write", (who, write) => {
  expect(write).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", who }));
});

test("a report says what a training was, how it ended and what came of it", () => {
  const html = report(historyOf([3, 2, 4]), {
    title: "A training",
    lead: "It went well.",
    tables: [table({ columns: ["forecast", "error"], rows: [["ours", "2.08"]] })],
    figures: [figure],
    facts: { Model: "lstm 48" },
    notes: ["Take the second digit with care."],
  });
  expect(htmlFaults(html)).toEqual([]);
  const read = textOf(html);
  const parts = [
    "A training",
    "It went well.",
    "ours",
    "2.08",
    "Curves",
    "Training",
    "All epochs",
    "The run",
    "lstm 48",
    "3 epochs: all of them were done",
    "Take the second digit",
  ];
  for (const [i, part] of parts.entries()) expect(read.indexOf(part)).toBeGreaterThan(i === 0 ? -1 : read.indexOf(parts[i - 1]!));
});

test("whatever fit returns is a report, with no options but a title", async () => {
  const backend = await open();
  const trainer = await sequential([input({ shape: [1] }), dense({ units: 1 })]).compile({
    backend,
    optimizer: adam(),
    loss: "mse",
    metrics: ["mae"],
  });
  const history = await trainer.fit({ x: [[1], [2]], y: [[2], [4]] }, { epochs: 2, validationData: { x: [[3]], y: [[6]] } });
  const html = report(history, { title: "Twice" });
  for (const part of ["loss", "mae", "valLoss", "valMae", "best epoch", history.executor]) expect(textOf(html)).toContain(part);
  trainer.dispose();
  await backend.close();
});
