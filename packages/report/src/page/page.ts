// A whole page as one text: no network, no script, light or dark as the reader has it, on a phone as on a screen.
import { type Rule, text, wholeIn } from "@sluice/core/arguments";
import { isRecord, listOf, optional, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import type { Figure } from "../figures/figure.ts";
import { escape, legible, tag } from "../markup/markup.ts";
import { type Facts, factsMarkup } from "../tables/facts.ts";
import { type Table, tableMarkup } from "../tables/table.ts";
import { figureMarkup } from "./figureMarkup.ts";
import { idsOf } from "./ids.ts";
import { style } from "./style.ts";

/** A paragraph, or what a function of this package made. */
export type Content = string | Figure | Table | Facts;

export interface Section {
  /** Default none: it goes on where the one before it ends. */
  readonly title?: string;
  /** A paragraph under the title. */
  readonly lead?: string;
  /** Of the element, for links: letters, digits and "-". Default made of the title. */
  readonly id?: string;
  /** A section without any is left out. */
  readonly content: readonly Content[];
}

export interface PageOptions {
  readonly title: string;
  /** Paragraphs under the title, one or several. */
  readonly lead?: string | readonly string[];
  readonly sections: readonly Section[];
  /** Of what is on it, where there is room, in pixels: 600 to 1600; default 900. */
  readonly width?: number;
  /** Of the text, BCP 47; default "en". */
  readonly lang?: string;
}

const content: Rule<Content> = {
  expected: "a text, or what lines, bars, table, facts or another function of this package returned",
  accepts: (value): value is Content =>
    typeof value === "string" ||
    (isRecord(value) && typeof value["kind"] === "string" && ["figure", "table", "facts"].includes(value["kind"])),
};

const sectionRule: Rule<Section> = {
  expected: `a section { content } with title, lead and id, whose content is a list, each ${content.expected}`,
  accepts: (value): value is Section =>
    isRecord(value) &&
    Object.keys(value).every((name) => ["title", "lead", "id", "content"].includes(name)) &&
    ["title", "lead"].every((name) => value[name] === undefined || typeof value[name] === "string") &&
    (value["id"] === undefined || (typeof value["id"] === "string" && /^[A-Za-z][\w-]*$/.test(value["id"]))) &&
    Array.isArray(value["content"]) &&
    value["content"].every(content.accepts),
};

const lead: Rule<string | readonly string[]> = {
  expected: "a text or a list of texts",
  accepts: (value): value is string | readonly string[] => typeof value === "string" || listOf(text).accepts(value),
};

const pageTable = {
  title: required(text),
  lead: optional(lead),
  sections: required(listOf(sectionRule)),
  width: preset(wholeIn(600, 1600), 900),
  lang: preset(
    {
      expected: 'a language tag such as "en"',
      accepts: (value: unknown): value is string => typeof value === "string" && /^[A-Za-z]{2,8}(-[A-Za-z\d]{1,8})*$/.test(value),
    },
    "en",
  ),
} satisfies OptionTable<PageOptions>;

/**
 * A page of HTML that needs nothing else and runs nothing: its policy (CSP) forbids everything but its own style. The same input gives the same text.
 * Every text of the caller is text: markup in it is shown as it is written.
 *
 * Throws INVALID_ARGUMENT for options that there are not or are not what they must be.
 */
export function page(options: PageOptions): string {
  const { title, lead: paragraphs = [], sections, width, lang } = optionsOf<PageOptions, typeof pageTable>("page", pageTable, options);
  const shown = sections.filter((section) => section.content.length > 0);
  const ids = idsOf(
    shown.flatMap((section) => [section, ...section.content.filter((one) => typeof one === "object" && one.kind === "figure")]),
  );
  const header = tag("header", {}, tag("h1", {}, escape(title)), ...[paragraphs].flat().map((one) => tag("p", {}, escape(one))));
  const body = tag("main", {}, header, ...shown.map((section) => sectionMarkup(section, width, ids)));
  return `<!doctype html>\n${tag("html", { lang }, head(title, width), tag("body", {}, body))}\n`;
}

function head(title: string, width: number): string {
  return tag(
    "head",
    {},
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    tag("title", {}, escape(legible(title))),
    `<style>${style(width)}</style>`,
  );
}

function sectionMarkup(section: Section, width: number, ids: ReturnType<typeof idsOf>): string {
  const { title, lead: note, content: all } = section;
  const parts = all.map((one) => {
    if (typeof one === "string") return tag("p", {}, escape(one));
    switch (one.kind) {
      case "figure":
        return figureMarkup(one, ids.of(one), width, ids.link);
      case "table":
        return tableMarkup(one, ids.link);
      case "facts":
        return factsMarkup(one);
    }
  });
  const opening = [title === undefined ? "" : tag("h2", {}, escape(title)), note === undefined ? "" : tag("p", {}, escape(note))];
  return tag("section", { id: ids.of(section) }, ...opening, ...parts);
}
