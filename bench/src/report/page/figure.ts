// A plot at the two sizes it is seen at, spoken of as one image: for screens, and for phones, where letters keep their size.
import { tag, text } from "./markup.ts";

export interface Size {
  readonly name: "wide" | "narrow";
  readonly width: number;
}

export const sizes: readonly Size[] = [
  { name: "wide", width: 1080 },
  { name: "narrow", width: 340 },
];

export interface Drawing {
  readonly height: number;
  readonly marks: string;
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** A sentence on what to see, also for those who cannot. */
  readonly description: string;
  draw(size: Size): Drawing;
}

/** `legend` and `after` are markup. */
export function figure({ id, title, description, draw }: Figure, legend = "", after = ""): string {
  const caption = tag("figcaption", {}, tag("h3", {}, text(title)), tag("p", {}, text(description)), legend);
  const drawings = sizes.map((size) => {
    const { height, marks } = draw(size);
    const box = {
      class: size.name,
      viewBox: `0 0 ${size.width} ${Math.ceil(height)}`,
      role: "img",
      "aria-label": `${title}. ${description}`,
    };
    return tag("svg", box, marks);
  });
  return tag("figure", { id }, caption, ...drawings, after);
}
