// Plots of Observable Plot as text. It needs a document to make elements of; linkedom's is one without a browser, and the same in browsers, so that the same data give the same bytes.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escape, legible, px } from "../markup/markup.ts";
import type { Size } from "./size.ts";

/** Marks, scales and margins; the rest is the same in every plot. */
export type PlotOptions = Omit<
  Plot.PlotOptions,
  "document" | "width" | "className" | "style" | "title" | "subtitle" | "caption" | "figure"
>;

/** An SVG of this width and class. What it is called is the page's to say: `label` are ids of elements that say it. */
export function drawn(size: Size, label: string, options: PlotOptions): string {
  const svg = Plot.plot({ axis: null, ...options, document: blank(), width: size.width, className: "plot" });
  tidy(svg);
  if (size.name === "narrow") for (const title of svg.querySelectorAll("title")) title.remove(); // phones have no pointer that rests
  const height = svg.getAttribute("height") ?? "0";
  const inner = legible(svg.innerHTML);
  const frame = `class="plot ${size.name}" text-anchor="middle" fill="currentColor" viewBox="0 0 ${px(size.width)} ${px(Number(height))}" role="img" aria-labelledby="${escape(label)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${frame}>${inner}</svg>`;
}

let document: Document | undefined;

function blank(): Document {
  document ??= parseHTML("<!doctype html><html><body></body></html>").document;
  return document;
}

/** Hidden from readers by the role of the whole, and said by the page's style. */
const needless = ["aria-label", "aria-hidden", "font-family", "font-size", "font-variant", "class"];
const geometry = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points"];

function tidy(svg: Element): void {
  for (const style of svg.querySelectorAll("style")) style.remove();
  for (const element of svg.querySelectorAll("*")) {
    for (const name of needless) if (name !== "class" || element.getAttribute(name) === "") element.removeAttribute(name);
    for (const name of geometry) {
      const value = element.getAttribute(name);
      if (value !== null)
        element.setAttribute(
          name,
          value.replaceAll(/-?\d*\.\d+(?:e-?\d+)?/g, (number) => String(px(Number(number)))),
        );
    }
  }
}
