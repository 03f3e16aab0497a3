// What is had without learning a word: the date that comes most often, and the numbers of the text by a rule.
import type { Sample } from "./samples.ts";

/** Of what must be guessed. */
export interface Frequent {
  readonly date: string;
  /** "01" … "12" */
  readonly month: string;
}

export function mostFrequent(training: readonly Sample[]): Frequent {
  return { date: commonest(training.map(({ iso }) => iso)), month: commonest(training.map(({ iso }) => iso.slice(5, 7))) };
}

/**
 * The numbers in their order: the year is the one of four digits, or the last of two, which are of 1969 … 2068; of two others day and month,
 * the month first where the year came before it or where the second is above 12. Of one other it is the day, and the month the most frequent one.
 */
export function byNumbers(text: string, { date, month }: Frequent): string {
  const numbers = numbersIn(text);
  const four = numbers.findIndex(({ length }) => length === 4);
  const at = four === -1 ? numbers.length - 1 : four;
  const [first, second] = numbers.filter((_, i) => i !== at);
  const year = numbers[at];
  if (year === undefined || first === undefined) return date;
  if (second === undefined) return dateOf(year, month, first);
  const monthFirst = at === 0 || Number(second) > 12;
  return monthFirst ? dateOf(year, first, second) : dateOf(year, second, first);
}

/** Decimal digits of any script; those of a script follow each other from its 0 (Unicode, section 4.6). */
function numbersIn(text: string): readonly string[] {
  return (text.match(/\p{Nd}+/gu) ?? []).map((digits) => Array.from(digits, digitOf).join(""));
}

function digitOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}

function dateOf(year: string, month: string, day: string): string {
  const whole = year.length === 4 ? year : `${Number(year) >= 69 ? 19 : 20}${year.padStart(2, "0")}`;
  return [whole, month.padStart(2, "0"), day.padStart(2, "0")].join("-");
}

/** Of equals the first in order. */
function commonest(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].flatMap(([text, count]) => (count === most ? text : [])).toSorted()[0] ?? "";
}
