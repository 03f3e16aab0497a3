// Peers lie in a folder of their own, which only `npm run bench:peers` fills. They run in Node.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { NotInstalled } from "./contender.ts";

const peers = createRequire(new URL("../../peers/package.json", import.meta.url));

/** A module of an installed peer, as it exports itself. Throws `NotInstalled`. */
export async function importPeer(name: string): Promise<unknown> {
  return import(pathToFileURL(resolve(name)).href);
}

/** As the manifest pins it: for a peer that does not say its version itself. */
export function versionOf(name: string): string {
  const { dependencies } = peers("./package.json") as { readonly dependencies: Readonly<Record<string, string>> };
  return `${name} ${dependencies[name]}`;
}

function resolve(name: string): string {
  try {
    return peers.resolve(name);
  } catch (cause) {
    throw new NotInstalled("is not installed: npm run bench:peers", { cause });
  }
}
