// A figure: one plot at each size, a title, a legend and a sentence on what to see; spoken of as one image.
import { sizes, type Size } from "./frame.ts";
import { escape, tag } from "./svg.ts";

export interface Plot {
  readonly id: string;
  readonly title: string;
  /** What it shows, for those who see it and those who do not. */
  readonly description: string;
  /** Class of a mark, and what it stands for. */
  readonly legend: Readonly<Record<string, string>>;
  /** The marks, for a canvas of this size. */
  draw(size: Size): string;
}

export function figure({ id, title, description, legend, draw }: Plot): string {
  const drawings = sizes.map((size) => drawing({ id: `${id}-${size.name}`, title, description }, size, draw(size)));
  const keys = Object.entries(legend).map(([mark, meaning]) => tag("li", {}, tag("span", { class: `key ${mark}` }), escape(meaning)));
  return tag(
    "figure",
    { id },
    tag("figcaption", {}, tag("h2", {}, escape(title)), tag("p", {}, escape(description)), tag("ul", { class: "legend" }, ...keys)),
    ...drawings,
  );
}

function drawing(
  { id, title, description }: Pick<Plot, "id" | "title" | "description">,
  { name, width, height }: Size,
  marks: string,
): string {
  return tag(
    "svg",
    { class: name, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-title ${id}-desc` },
    tag("title", { id: `${id}-title` }, escape(title)),
    tag("desc", { id: `${id}-desc` }, escape(description)),
    marks,
  );
}
