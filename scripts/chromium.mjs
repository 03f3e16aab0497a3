// Finds a Chromium that runs on this machine with no root and no manual step: npm's packaged one on Linux x64, otherwise one that is installed.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { manifest, root } from "./packages.mjs";

/**
 * The vitest projects whose tests run in a browser, beside those of packages that run in Node; `bundled` names what Vite is to bundle ahead.
 * @type {readonly { name: string, folder: string, include: string[], exclude: string[], bundled: string[] }[]}
 */
export const browserProjects = [
  {
    name: "webgl",
    folder: "packages/webgl",
    include: ["src/**/*.test.ts"],
    exclude: ["src/**/*.node.test.ts"],
    bundled: ["gpu.js", "fast-check"],
  },
  { name: "tide", folder: "examples/tide", include: ["src/**/*.test.ts"], exclude: [], bundled: ["@sluice/webgl > gpu.js"] },
  { name: "voice-page", folder: "examples/voice", include: ["src/**/*.browser.test.ts"], exclude: [], bundled: [] },
  { name: "workers-browser", folder: "packages/workers", include: ["src/**/*.browser.test.ts"], exclude: [], bundled: ["fast-check"] },
];

/**
 * @typedef {object} Chromium
 * @property {string} executablePath
 * @property {string[]} args what lets WebGL run on any machine: a software rasteriser
 * @property {Record<string, string>} environment to add to that of the process: where the browser's own libraries and fonts lie
 */

/**
 * The browser that `SLUICE_CHROMIUM` names, the packaged one, or an installed one: the first that starts. Otherwise the reason why none does.
 * The first call on a machine unpacks the packaged one, in some seconds; later calls only look.
 * @returns {Promise<Chromium | { reason: string }>}
 */
export async function findChromium() {
  const chosen = process.env["SLUICE_CHROMIUM"];
  if (chosen !== undefined) return existsSync(chosen) ? found(chosen) : { reason: `SLUICE_CHROMIUM names ${chosen}, which is not there` };
  const packaged = await packagedChromium();
  if ("executablePath" in packaged) return packaged;
  const installed = places().find((place) => existsSync(place));
  return installed === undefined ? { reason: `no Chrome or Chromium is installed, and ${packaged.reason}` } : found(installed);
}

const args = [
  "--no-sandbox", // containers have no user namespaces
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * @param {string} executablePath
 * @param {Record<string, string>} environment
 * @returns {Chromium}
 */
function found(executablePath, environment = {}) {
  return { executablePath, args, environment };
}

/**
 * npm's @sparticuz/chromium with all libraries it needs, unpacked once per version into .tools.
 * @returns {Promise<Chromium | { reason: string }>}
 */
async function packagedChromium() {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { reason: `the packaged one is for Linux x64, not ${process.platform} ${process.arch}` };
  try {
    const home = join(root, ".tools", `chromium-${manifest("node_modules/@sparticuz/chromium").version}`);
    if (!existsSync(home)) await unpack(home);
    return found(join(home, "chromium"), environmentOf(home));
  } catch (error) {
    return { reason: `the packaged one does not run: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * Unpacks aside, tries it, and moves it to `home` when it has started.
 * @param {string} home
 */
async function unpack(home) {
  const aside = `${home}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    const script = `const { default: chromium } = await import("@sparticuz/chromium"); await chromium.executablePath();`;
    // It unpacks to the folder for temporary files, and its own libraries only where it takes the machine for this cloud.
    const environment = { ...process.env, TMPDIR: aside, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };
    await run(process.execPath, ["--input-type=module", "--eval", script], { cwd: root, env: environment });
    writeFileSync(join(aside, "fonts", "fonts.conf"), fonts); // its own looks in fixed places
    await run(join(aside, "chromium"), ["--version"], { env: { ...process.env, ...environmentOf(aside) } });
    if (!existsSync(home)) renameSync(aside, home); // another process may have been first
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

const run = promisify(execFile);

/**
 * @param {string} home
 * @returns {Record<string, string>}
 */
function environmentOf(home) {
  const libraries = [join(home, "al2023", "lib"), process.env["LD_LIBRARY_PATH"] ?? ""].filter((folder) => folder !== "");
  return { LD_LIBRARY_PATH: libraries.join(delimiter), FONTCONFIG_PATH: join(home, "fonts") };
}

/** Where browsers are installed to. */
function places() {
  switch (process.platform) {
    case "darwin":
      return ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map((name) =>
        join(process.env[name] ?? "", "Google", "Chrome", "Application", "chrome.exe"),
      );
    default:
      return (process.env["PATH"] ?? "")
        .split(delimiter)
        .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map((name) => join(folder, name)));
  }
}
