// Pairs of a text and its date, in parts that share no day: what is tested is no date that was learnt.
import { random, type Random } from "@sluice/core";
import { shuffledSplit } from "@sluice/data";
import { ambiguousTexts, days, everyForm, firstDay, isoOf, type Form } from "./forms.ts";

export type Part = "train" | "validation" | "test";

export interface Sample {
  readonly form: Form;
  readonly text: string;
  readonly iso: string;
}

export interface Samples {
  readonly forms: readonly Form[];
  /** Texts that are of several days, which no part has. */
  readonly ambiguous: ReadonlySet<string>;
  /** Days of a part. */
  readonly days: Readonly<Record<Part, Int32Array>>;
  /** So many by lot, each of any form and any day of the part; what is ambiguous is drawn again. */
  drawn(part: Part, count: number, seed: string): readonly Sample[];
  /** Of each form so many, of different days. */
  ofEachForm(part: Part, count: number): readonly Sample[];
}

/** Days that nobody trains on. */
const held = { validation: 1000, test: 2000 };

/** Counted out once, which takes a second. */
let counted: ReadonlySet<string> | undefined;

export function samples(): Samples {
  const forms = everyForm();
  const ambiguous = (counted ??= ambiguousTexts(forms));
  const split = shuffledSplit(days, { ...held, seed: "days" });
  const parts = { train: dated(split.train), validation: dated(split.validation), test: dated(split.test) };
  const sampleOf = (form: Form | undefined, day: number | undefined): readonly Sample[] => {
    if (form === undefined || day === undefined) return [];
    const text = form.write(day);
    return ambiguous.has(text) ? [] : [{ form, text, iso: isoOf(day) }];
  };
  return {
    ...{ forms, ambiguous, days: parts },
    drawn(part, count, seed) {
      const [source, own, found]: [Random, Int32Array, Sample[]] = [random(seed), parts[part], []];
      while (found.length < count)
        found.push(...sampleOf(forms[source.integers(1, forms.length)[0] ?? 0], own[source.integers(1, own.length)[0] ?? 0]));
      return found;
    },
    ofEachForm: (part, count) =>
      forms.flatMap((form) => {
        const order = random(`${part} ${form.locale} ${form.style}`).permutation(parts[part].length);
        const found: Sample[] = [];
        for (let i = 0; i < order.length && found.length < count; i++) found.push(...sampleOf(form, parts[part][order[i] ?? 0]));
        return found;
      }),
  };
}

function dated(indices: Int32Array): Int32Array {
  return indices.map((index) => firstDay + index);
}
