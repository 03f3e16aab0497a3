// A declaration's articles, out of its page.
import { parse, type DefaultTreeAdapterMap } from "parse5";

type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

/** Texts by the number of their article, 0 for the preamble; without headings, which are alike in all. */
export function articlesOf(html: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const element of elementsIn(parse(html))) {
    if (element.tagName !== "article" && element.tagName !== "header") continue;
    const number = Number(element.attrs.find(({ name }) => name === "data-number")?.value ?? 0);
    found.set(number, plain(paragraphs(element).join(" ")));
  }
  return found;
}

/** As it is read and learnt: composed (NFC), lower case, one space between words. */
export function plain(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/gu, " ").trim();
}

function paragraphs(node: Element): string[] {
  return [...elementsIn(node)].filter(({ tagName }) => tagName === "p").map(textOf);
}

function* elementsIn(node: Node): Generator<Element> {
  for (const child of "childNodes" in node ? node.childNodes : []) {
    if ("tagName" in child) yield child;
    yield* elementsIn(child);
  }
}

function textOf(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}
