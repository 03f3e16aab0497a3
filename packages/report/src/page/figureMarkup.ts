// A figure as markup: what it is called and what to see, its legend, and every plot at the two sizes at which pages are seen.
import type { Size } from "../drawing/size.ts";
import type { Figure, Panel } from "../figures/figure.ts";
import { legend } from "../figures/legend.ts";
import { escape, tag } from "../markup/markup.ts";
import { tableMarkup } from "../tables/table.ts";
import { widths } from "./style.ts";

/** `width` is that of the page, in pixels. */
export function figureMarkup(figure: Figure, id: string, width: number, link: (id: string) => string | undefined): string {
  const { title, description, notes, warnings, panels, columns, table } = figure;
  const caption = tag(
    "figcaption",
    {},
    tag("h3", { id: `${id}-title` }, escape(title)),
    description === "" ? "" : tag("p", { id: `${id}-about` }, escape(description)),
    legend(figure.legend, escape),
  );
  const names = description === "" ? `${id}-title` : `${id}-title ${id}-about`;
  const isWide = columns === 1;
  const sizes: readonly Size[] = [
    { name: "wide", width: isWide ? width : (width - widths.gap) / 2 },
    { name: "narrow", width: widths.narrow },
  ];
  const drawings = panels.length === 0 ? [nothing] : panels.map((panel, i) => panelMarkup(panel, sizes, `${id}-${i + 1}`, names));
  return tag(
    "figure",
    { id },
    caption,
    tag("div", { class: isWide ? "panels" : "panels two" }, ...drawings),
    ...warnings.map((one) => tag("p", { class: "note warning" }, escape(one))),
    ...notes.map((one) => tag("p", { class: "note" }, escape(one))),
    table === undefined ? "" : tableMarkup(table, link),
  );
}

const nothing = tag("p", { class: "nothing" }, "There is nothing to draw.");

function panelMarkup(panel: Panel, sizes: readonly Size[], id: string, names: string): string {
  const heading = panel.title === undefined ? "" : tag("h4", { id }, escape(panel.title));
  const label = panel.title === undefined ? names : `${id} ${names}`;
  const drawings = sizes.map((size) => panel.draw(size, label));
  return tag("div", {}, heading, ...(drawings.some((one) => one === undefined) ? [nothing] : drawings.map((one) => one ?? "")));
}
