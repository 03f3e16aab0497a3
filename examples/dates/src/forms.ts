// How locales write a date, as `Intl` has it from the Unicode CLDR: a form is a locale with one of its styles.
import { SluiceError } from "@sluice/core";

export const locales = [
  ...["ar-EG", "cs", "da", "de", "el", "en-GB", "en-US", "es", "fi", "fr", "he", "hi", "hr", "hu"],
  ...["id", "it", "ja", "ko", "nl", "pl", "pt-BR", "ro", "ru", "sv", "tr", "uk", "vi", "zh-CN"],
] as const;
export const styles = ["full", "long", "medium", "short"] as const;

export type Locale = (typeof locales)[number];
export type Style = (typeof styles)[number];

export interface Form {
  readonly locale: Locale;
  readonly style: Style;
  /** Of a day, counted from 1970-01-01. */
  write(day: number): string;
}

const millisecondsPerDay = 86_400_000;

/** Two digits are a year of these hundred, as POSIX's strptime reads them (%y): 69 is 1969, 68 is 2068. */
export const firstDay = dayOf("1969-01-01");
export const days = dayOf("2069-01-01") - firstDay;

/** "1970-01-02" → 1 */
export function dayOf(iso: string): number {
  return Date.parse(iso) / millisecondsPerDay;
}

/** 1 → "1970-01-02" */
export function isoOf(day: number): string {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

/** Every locale in every style. Throws UNSUPPORTED where Node has been built without their data. */
export function everyForm(): readonly Form[] {
  const missing = locales.filter((locale) => Intl.DateTimeFormat.supportedLocalesOf([locale]).length === 0);
  if (missing.length > 0) throw withoutData(missing);
  return locales.flatMap((locale) => styles.map((style) => form(locale, style)));
}

function form(locale: Locale, style: Style): Form {
  const { format } = new Intl.DateTimeFormat(locale, { dateStyle: style, calendar: "gregory", timeZone: "UTC" });
  return { locale, style, write: (day) => plain(format(day * millisecondsPerDay)) };
}

/** As it would be typed: small letters, ordinary blanks, no marks of direction, letters of one width. */
export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether no word says what the month is. */
export function isNumeric(text: string): boolean {
  return !/\p{L}/u.test(text);
}

/** The texts of numbers alone that different days are written as: 5/11/26 is of November where the day stands first, of May in the USA. */
export function ambiguousTexts(forms: readonly Form[]): ReadonlySet<string> {
  const numeric = forms.filter(({ write }) => isNumeric(write(firstDay)));
  const alike = new Map(numeric.map((each) => [probes.map((day) => each.write(day)).join(), each]));
  const [dayIn, ambiguous] = [new Map<string, number>(), new Set<string>()];
  for (const { write } of alike.values())
    for (let day = firstDay; day < firstDay + days; day++) {
      const text = write(day);
      if ((dayIn.get(text) ?? day) !== day) ambiguous.add(text);
      dayIn.set(text, day);
    }
  return ambiguous;
}

/** Forms that write these alike write all alike: of one and of two digits. */
const probes = ["2001-02-03", "2045-11-26"].map(dayOf);

function withoutData(missing: readonly string[]): SluiceError {
  return new SluiceError({
    code: "UNSUPPORTED",
    who: "Intl.DateTimeFormat",
    what: `this Node has no data for ${missing.join(", ")}`,
    fix: "Use a Node with full ICU, as nodejs.org builds it",
    facts: { missing },
  });
}
