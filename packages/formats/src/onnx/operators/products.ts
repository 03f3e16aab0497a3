// Operators that are products of matrices.
import { add, matmul, mul, reshape, sum, type Tensor, transpose } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { traced, type Value } from "../values/value.ts";
import { input, optionalTensor, tensor } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const products: Operators = {
  MatMul: { since: 1, evaluate: (call) => [traced(input(call, 0).type, matmul(tensor(call, 0), tensor(call, 1)))] },
  Gemm: { since: 7, evaluate: gemm },
  Einsum: { since: 12, evaluate: einsum },
};

/** α·A·B + β·C. */
function gemm(call: Call): readonly Value[] {
  const { attributes } = call,
    turned = (t: Tensor, is: boolean): Tensor => (is ? transpose(t) : t),
    alpha = attributes.float("alpha", 1),
    beta = attributes.float("beta", 1),
    c = optionalTensor(call, 2);
  const product = matmul(
      turned(tensor(call, 0), attributes.flag("transA", false)),
      turned(tensor(call, 1), attributes.flag("transB", false)),
    ),
    scaled = alpha === 1 ? product : mul(product, alpha);
  return [traced(input(call, 0).type, c === undefined ? scaled : add(scaled, beta === 1 ? c : mul(c, beta)))];
}

/**
 * Σ over the letters that the result lacks, of products over all operands, two at a time: letters that stand in both and in the result are batch axes,
 * those that stand in both alone are summed by a product of matrices.
 */
function einsum(call: Call): readonly Value[] {
  const equation = call.attributes.text("equation", "").replaceAll(" ", "");
  const [left = "", right] = equation.split("->"),
    terms = left.split(",");
  if (!/^[A-Za-z,]*(->[A-Za-z]*)?$/.test(equation))
    throw new NotSupported(`has the equation ${equation}`, "write its ellipsis out in letters");
  if (terms.length !== call.inputs.length) throw corrupt(`${equation} is of ${terms.length} operands, got ${call.inputs.length}`);
  const wanted = right ?? implied(terms);
  const operands = terms.map((letters, i) => checked({ letters, x: tensor(call, i) }, equation));
  const [first, ...rest] = operands as [Term, ...Term[]]; // `split` gives one at least
  const all = rest.reduce((a, b, i) => pair(a, b, wanted + rest.slice(i + 1).map(({ letters }) => letters).join("")), first); // prettier-ignore
  const whole = withoutSums(all, wanted);
  if ([...wanted].some((letter) => !whole.letters.includes(letter)) || new Set(wanted).size !== wanted.length)
    throw corrupt(`${equation} makes no result`);
  return [traced(input(call, 0).type, transpose(whole.x, [...wanted].map((letter) => whole.letters.indexOf(letter))))]; // prettier-ignore
}

interface Term {
  readonly letters: string;
  readonly x: Tensor;
}

/** Those that come once, in order. */
function implied(terms: readonly string[]): string {
  const all = terms.join("");
  return [...new Set(all)].filter((letter) => all.split(letter).length === 2).sort().join(""); // prettier-ignore
}

function checked(term: Term, equation: string): Term {
  if (term.letters.length !== term.x.rank) throw corrupt(`${equation} names ${term.letters.length} axes of ${term.x.rank}`);
  if (new Set(term.letters).size !== term.letters.length) throw new NotSupported(`takes a diagonal: ${equation}`, "take it by Gather");
  return term;
}

/** Without the letters that nothing needs. */
function withoutSums({ letters, x }: Term, needed: string): Term {
  const axes = [...letters].flatMap((letter, axis) => (needed.includes(letter) ? [] : [axis]));
  return axes.length === 0
    ? { letters, x }
    : { letters: [...letters].filter((letter) => needed.includes(letter)).join(""), x: sum(x, axes) };
}

function pair(a: Term, b: Term, needed: string): Term {
  const [p, q] = [withoutSums(a, needed + b.letters), withoutSums(b, needed + a.letters)],
    both = [...p.letters].filter((letter) => q.letters.includes(letter)),
    batch = both.filter((letter) => needed.includes(letter)),
    inner = both.filter((letter) => !needed.includes(letter)),
    rows = [...p.letters].filter((letter) => !both.includes(letter)),
    columns = [...q.letters].filter((letter) => !both.includes(letter));
  const size = (letters: readonly string[], { letters: own, x }: Term): number[] =>
    letters.map((letter) => nth(x.shape, own.indexOf(letter)));
  const product = (sizes: readonly number[]): number => sizes.reduce((n, m) => n * m, 1);
  const arranged = (term: Term, order: readonly string[], shape: readonly number[]): Tensor =>
    reshape(transpose(term.x, order.map((letter) => term.letters.indexOf(letter))), shape); // prettier-ignore
  const lead = size(batch, p);
  if (String(size(both, p)) !== String(size(both, q))) throw corrupt("an axis has two sizes in an equation");
  const x = arranged(p, [...batch, ...rows, ...inner], [...lead, product(size(rows, p)), product(size(inner, p))]),
    y = arranged(q, [...batch, ...inner, ...columns], [...lead, product(size(inner, q)), product(size(columns, q))]);
  const shape = [...lead, ...size(rows, p), ...size(columns, q)];
  return { letters: [...batch, ...rows, ...columns].join(""), x: reshape(matmul(x, y), shape) };
}
