// A figure: what it is called, what to see in it, and one plot or several side by side. A page says the rest.
import { type Numbers, optional, type Table as OptionTable } from "@sluice/nn/kit";
import { text } from "@sluice/core/arguments";
import type { Size } from "../drawing/size.ts";
import type { Table } from "../tables/table.ts";
import type { Key } from "./legend.ts";

export type { Numbers, Size };

/** Made by `lines`, `bars`, `heatMap` and the others; `page` writes it. */
export interface Figure {
  readonly kind: "figure";
  /** What links lead to; the page makes one of the title where there is none. */
  readonly id: string | undefined;
  readonly title: string;
  /** What to see, for those who see it and those who do not. */
  readonly description: string;
  readonly legend: readonly Key[];
  /** What is not drawn, and why. */
  readonly notes: readonly string[];
  readonly panels: readonly Panel[];
  /** How many panels stand side by side where there is room. */
  readonly columns: number;
  /** The numbers behind it, folded. */
  readonly table: Table | undefined;
}

export interface Panel {
  readonly title?: string;
  /** As SVG, or undefined where there is nothing to draw. `label` are the ids of what names it. */
  draw(size: Size, label: string): string | undefined;
}

/** What every figure takes. */
export interface FigureOptions {
  readonly title: string;
  /** A sentence on what to see; default what the figure knows itself, or none. */
  readonly description?: string;
  /** Of the element, for links of the page: letters, digits and "-". Default made of the title. */
  readonly id?: string;
}

export const figureTable = {
  title: { rule: text, required: true },
  description: optional(text),
  id: optional({
    expected: 'letters, digits and "-"',
    accepts: (value: unknown): value is string => typeof value === "string" && /^[A-Za-z][\w-]*$/.test(value),
  }),
} as const satisfies OptionTable<FigureOptions>;

/** A figure of what is given, with nothing for the rest. */
export function figure(
  { title, description, id }: { readonly title: string; readonly description?: string | undefined; readonly id?: string | undefined },
  parts: Pick<Figure, "panels"> & Partial<Omit<Figure, "kind">>,
): Figure {
  return {
    kind: "figure",
    id,
    title,
    legend: [],
    notes: [],
    columns: 1,
    table: undefined,
    ...parts,
    description: description ?? parts.description ?? "",
  };
}
