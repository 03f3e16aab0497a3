// A figure: what it is called, what to see in it, and one plot or several side by side. A page says the rest.
import { type Numbers, optional, type Table as OptionTable } from "@sluice/nn/kit";
import { text } from "@sluice/core/arguments";
import type { Size } from "../drawing/size.ts";
import type { Table } from "../tables/table.ts";
import { texts } from "../values/rules.ts";
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
  /** What there is to know beside it. */
  readonly notes: readonly string[];
  /** What is not drawn, and why; and whatever else the reader should not overlook. */
  readonly warnings: readonly string[];
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
  /** Lines under the figure; default none. */
  readonly notes?: readonly string[];
  /** The same in a colour that stands out; the figure adds what it could not draw. Default none. */
  readonly warnings?: readonly string[];
}

export const figureTable = {
  title: { rule: text, required: true },
  description: optional(text),
  notes: optional(texts),
  warnings: optional(texts),
  id: optional({
    expected: 'letters, digits and "-"',
    accepts: (value: unknown): value is string => typeof value === "string" && /^[A-Za-z][\w-]*$/.test(value),
  }),
} as const satisfies OptionTable<FigureOptions>;

interface Said {
  readonly title: string;
  readonly description?: string | undefined;
  readonly id?: string | undefined;
  readonly notes?: readonly string[] | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** A figure of what the caller said and of what it is made of, with nothing for the rest. `warnings` are those of the figure itself. */
export function figure(
  { title, description, id, notes = [], warnings = [] }: Said,
  parts: Pick<Figure, "panels"> & Partial<Pick<Figure, "description" | "legend" | "columns" | "table" | "warnings">>,
): Figure {
  return {
    kind: "figure",
    id,
    title,
    legend: [],
    columns: 1,
    table: undefined,
    ...parts,
    notes,
    warnings: [...warnings, ...(parts.warnings ?? [])],
    description: description ?? parts.description ?? "",
  };
}
