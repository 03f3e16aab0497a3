// A contender in one of the places where it runs.
import type { Contender, Place } from "../contenders/contender.ts";

export interface Entrant {
  /** "cpu" in Node, "cpu@chromium" in a page. */
  readonly name: string;
  readonly contender: Contender;
  readonly place: Place;
}

/** Each contender in Node, and with `browser` also in a page, as far as it can be opened there; in the page alone where that is all it can. */
export function entrants(contenders: readonly Contender[], { browser }: { readonly browser: boolean }): readonly Entrant[] {
  return contenders.flatMap((contender) => {
    const places = contender.where ?? (contender.kind === "backend" ? (["node", "page"] as const) : (["node"] as const));
    const wanted = browser || !places.includes("node") ? places : (["node"] as const);
    return wanted.map((place) => ({ name: nameIn(place, contender), contender, place }));
  });
}

function nameIn(place: Place, { name }: Contender): string {
  return place === "page" ? `${name}@chromium` : name;
}
