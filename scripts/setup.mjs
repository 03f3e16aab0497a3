// Makes a fresh clone ready with nothing but Node and npm: the pinned pnpm, then the dependencies. A second call finds both and does nothing.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { folders, manifest, root } from "./packages.mjs";
import { must } from "./steps.mjs";

const { packageManager = "", engines } = manifest("");

/** Works from the root; installs what is missing; puts pnpm and the workspace's own tools on the PATH of this process and its children. */
export async function setUp() {
  requireNode();
  process.chdir(root);
  Object.assign(process.env, { DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1" });
  if (!process.stdout.isTTY && !process.env["FORCE_COLOR"]) process.env["NO_COLOR"] = "1";
  await usePnpm();
  await installDependencies();
  addToPath(join(root, "node_modules", ".bin"));
}

/** Puts the pnpm that package.json pins on the PATH, fetched through npm into .tools where it is not there yet. */
export async function usePnpm() {
  const tools = join(root, ".tools");
  const home = join(tools, packageManager);
  if (!existsSync(home)) {
    rmSync(tools, { recursive: true, force: true }); // an older version, or what an interrupted fetch left
    const aside = `${home}.${process.pid}`; // renamed when whole
    mkdirSync(aside, { recursive: true });
    await must(`Fetching ${packageManager}`, ...npm("install", packageManager, "--prefix", aside, ...onlyHere));
    renameSync(aside, home);
  }
  addToPath(executableFolder(home));
}

const onlyHere = [
  "--no-save",
  "--no-package-lock",
  "--ignore-scripts",
  "--include=optional",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
];

/**
 * The npm that started us, which belongs to this Node, or else the one on the PATH.
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
function npm(...args) {
  const cli = process.env["npm_execpath"];
  return cli?.endsWith("npm-cli.js") ? [process.execPath, [cli, ...args]] : ["npm", args];
}

/**
 * pnpm is one executable per platform, in a package of its own; where there is none, `pnpm` itself runs on Node.
 * @param {string} home
 */
function executableFolder(home) {
  const scope = join(home, "node_modules", "@pnpm");
  const platform = existsSync(scope) ? readdirSync(scope).find((name) => name.startsWith("exe.")) : undefined;
  return platform === undefined ? join(home, "node_modules", ".bin") : join(scope, platform);
}

async function installDependencies() {
  const stamp = join(root, "node_modules", ".stamp");
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(stamp, { force: true });
  await must("Installing dependencies", "pnpm", ["install", "--frozen-lockfile", "--trust-lockfile"]);
  writeFileSync(stamp, wanted);
}

/** Changes with anything that an install reads. */
function fingerprint() {
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...["", ...folders()].map((folder) => join(folder, "package.json"))];
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** @param {string} folder */
function addToPath(folder) {
  process.env["PATH"] = [folder, process.env["PATH"]].join(delimiter);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Sluice needs Node ${engines.node}; this is ${process.versions.node}. Install a newer one and run the command again.`);
  process.exit(1);
}
