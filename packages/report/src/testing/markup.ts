// What is well formed, by parsers that are not ours.
import { type DefaultTreeAdapterMap, parse } from "parse5";
import { SaxesParser } from "saxes";

/** Throws where a text is no XML. */
export function parseXml(text: string): void {
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(text).close();
}

/** What HTML's own parser (WHATWG) complains about. */
export function htmlFaults(page: string): string[] {
  const faults: string[] = [];
  parse(page, { onParseError: ({ code, startLine, startCol }) => void faults.push(`${code} at ${startLine}:${startCol}`) });
  return faults;
}

/** What a browser makes of a page: the names of all elements, and of all attributes. */
export function made(page: string): { readonly elements: ReadonlySet<string>; readonly attributes: ReadonlySet<string> } {
  const [elements, attributes] = [new Set<string>(), new Set<string>()];
  const visit = (node: DefaultTreeAdapterMap["node"]): void => {
    if ("tagName" in node) elements.add(node.tagName);
    if ("attrs" in node) for (const { name } of node.attrs) attributes.add(name);
    if ("childNodes" in node) for (const child of node.childNodes) visit(child);
  };
  visit(parse(page));
  return { elements, attributes };
}

/** Every plot of a page. */
export function plotsOf(page: string): string[] {
  return page.match(/<svg xmlns[^]*?<\/svg>/g) ?? [];
}

/** What a reader reads: markup taken out, entities as the letters they are. */
export function textOf(markup: string): string {
  return markup
    .replaceAll(/<style>[^]*?<\/style>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&nbsp;", "\u00A0")
    .replaceAll("&amp;", "&");
}
