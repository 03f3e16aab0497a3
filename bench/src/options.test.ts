import { expect, test } from "vitest";
import { contenders } from "./contenders/index.ts";
import { type Options, parseOptions } from "./options.ts";
import { helpText, listText } from "./optionsText.ts";
import { workloads } from "./workloads/index.ts";

function parsed(...args: readonly string[]): Options {
  const options = parseOptions(args);
  if (typeof options === "string") throw new Error(`asked for ${options}`);
  return options;
}
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

test("nothing said means every workload on every usual contender, in Node, and no file", () => {
  const options = parsed();
  expect(options.workloads).toEqual(workloads);
  expect(options.contenders).toEqual(contenders.filter(({ usual }) => usual));
  expect(options).toMatchObject({ browser: false, files: {}, command: "npm run bench" });
});

test("names and patterns choose, in the order of the lists and each once", () => {
  expect(names(parsed("matmul-512", "matmul-2*", "matmul-256").workloads)).toEqual(["matmul-256", "matmul-512"]);
  expect(names(parsed("--on", "reference,cpu").contenders)).toEqual(["cpu", "reference"]);
  expect(names(parsed("--on=tfjs-c?u").contenders)).toEqual(["tfjs-cpu"]);
});

test("a pattern is no regular expression", () => {
  expect(() => parsed("matmul.256")).toThrow('no workload is called "matmul.256"');
  expect(() => parsed("matmul-(256|512)")).toThrow("no workload");
});

test("quick makes the plan shorter, and what is said of it by itself still counts", () => {
  const [usual, quick] = [parsed().plan, parsed("--quick").plan];
  for (const key of ["rounds", "turnMs", "warmUpMs", "fresh", "freshMs", "heapMs", "peakMs"] as const)
    expect(quick[key]).toBeLessThan(usual[key]);
  expect(parsed("--quick", "--rounds", "3", "--heap", "0").plan).toMatchObject({ rounds: 3, turnMs: quick.turnMs, heapRuns: 0 });
  expect(parsed("--heap", "5000").plan).toMatchObject({ heapRuns: 5000, heapMs: Infinity });
});

test("the command that repeats a run names no file of the user", () => {
  const all = ["matmul-*", "--on", "cpu", "--quick", "--rounds", "7", "--heap", "5", "--browser"];
  const { files, command } = parsed(...all, "--json", "/home/me/a.json", "--html", "b.html", "--compare", "c.json", "--from", "d.json");
  expect(command).toBe('npm run bench -- "matmul-*" --on cpu --quick --rounds 7 --heap 5 --browser');
  expect(files).toEqual({ json: "/home/me/a.json", html: "b.html", compare: "c.json", from: "d.json" });
});

test("explanations are asked for", () => {
  expect(parseOptions(["--list"])).toBe("list");
  expect(parseOptions(["-h", "--rounds", "no"])).toBe("help");
  for (const name of [...names(workloads), ...names(contenders)]) expect(listText()).toContain(name);
  expect(listText()).toMatch(/^ {2}webgl +only in a page: --browser$/m);
  for (const flag of ["on", "browser", "quick", "rounds", "heap", "json", "html", "compare", "from", "list"])
    expect(helpText).toContain(`--${flag}`);
});

test("names are unique, and say the sizes", () => {
  for (const list of [workloads, contenders]) expect(new Set(names(list)).size).toBe(list.length);
  for (const { name } of workloads) expect(name).toMatch(/\d/);
});

test.each([
  [["lstm"], 'no workload is called "lstm". There are lstm-'],
  [["--on", "gpu"], 'no contender is called "gpu". There are cpu, '],
  [["--on", ""], 'no contender is called ""'],
  [["--rounds", "0"], '--rounds takes a whole number of at least 1, got "0". For example --rounds 11'],
  [["--heap=-1"], '--heap takes a whole number of at least 0, got "-1"'],
  [["--json="], "--json takes a file, got nothing"],
  [["--html", " "], "--html takes a file, got nothing. For example --html out/bench.html"],
  [["--fast"], "unknown option '--fast'. npm run bench -- --help lists the options"],
])("%j is refused in one line with the remedy", (args, message) => {
  const refuse = (): unknown => parseOptions(args);
  expect(refuse).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) }) as Error);
  expect(refuse).toThrow(/^[^\n]+$/);
});
