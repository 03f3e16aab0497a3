// What documents point at is there: other documents, their sections, and files of the code.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../scripts/packages.mjs";

const unlooked = new Set(["node_modules", "dist", "out", ".git", ".tools", ".turbo", ".snippets"]);
const paths = pathsUnder("");
const documents = paths.filter((path) => path.endsWith(".md"));

test.each(documents)("%s links to documents and sections that are there", (page) => {
  const text = proseOf(page);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link).filter((link) => !/^[a-z]+:/.test(link));
  expect(links.filter((link) => !isThere(page, link))).toEqual([]);
});

test.each(documents)("%s names files that are there", (page) => {
  const named = [...proseOf(page).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|js|mjs|json|md))`/g)].map(([, path = ""]) => path);
  expect(named.filter((path) => !paths.some((each) => `/${each}`.endsWith(`/${path}`)))).toEqual([]);
});

/** Whether a link of a page, "../README.md#section", leads somewhere. */
function isThere(page: string, link: string): boolean {
  const [path = "", section] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path).replace(/\/$/, "");
  if (!paths.includes(target) && !paths.some((each) => each.startsWith(`${target}/`))) return false;
  return section === undefined || sectionsOf(target).includes(section);
}

/** The headings of a document as GitHub makes anchors of them. */
function sectionsOf(page: string): string[] {
  const headings = [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Without blocks of code. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), "utf8").replace(/^```.*?^```/gms, "");
}

/** Every file of the workspace, relative to its root. */
function pathsUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !unlooked.has(name))
    .flatMap((entry) => (entry.isDirectory() ? pathsUnder(join(folder, entry.name)) : join(folder, entry.name)));
}
