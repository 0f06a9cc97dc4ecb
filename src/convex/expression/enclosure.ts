import type { MathNode } from 'mathjs';
import math from './mathjs.js';

/** The numbers from low to high. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** An interval that holds every value that an expression takes while its variables range over theirs. */
export type Enclosure = (box: readonly Interval[]) => Interval;

/**
 * Interval arithmetic on an expression of the variables (Moore 1966). What it knows no rule for, and what is undefined
 * somewhere in the box, is enclosed by all real numbers. Rounding is not directed: widen what is built on it.
 */
export function enclosure(node: MathNode, variables: readonly string[]): Enclosure {
  const sub = (child: MathNode): Enclosure => enclosure(child, variables);
  if (math.isParenthesisNode(node)) return sub(node.content);
  if (math.isConstantNode(node)) return point(node.value);
  if (math.isSymbolNode(node)) {
    const index = variables.indexOf(node.name);
    if (index >= 0) return (box) => box[index];
    return node.name === 'pi' ? point(Math.PI) : node.name === 'e' ? point(Math.E) : () => everything;
  }
  if (math.isConditionalNode(node)) {
    const [yes, no] = [sub(node.trueExpr), sub(node.falseExpr)];
    return (box) => hull(yes(box), no(box));
  }
  if (math.isOperatorNode(node)) {
    const parts = node.args.map(sub);
    if (node.fn === 'pow' && node.args.length === 2) return power(parts[0], parts[1]);
    return composed(operators.get(node.fn), parts);
  }
  if (math.isFunctionNode(node)) return composed(functions.get(node.fn.name), node.args.map(sub));
  return () => everything;
}

const everything: Interval = { low: -Infinity, high: Infinity };

function point(value: number): Enclosure {
  const interval = { low: value, high: value };
  return () => interval;
}

function hull(a: Interval, b: Interval): Interval {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** Nothing is known of what came out as not a number. */
function known(low: number, high: number): Interval {
  return Number.isNaN(low) || Number.isNaN(high) ? everything : { low, high };
}

type Rule = (a: Interval, b: Interval) => Interval;

function composed(rule: Rule | undefined, [first, second]: readonly Enclosure[]): Enclosure {
  if (rule === undefined) return () => everything;
  return (box) => {
    const a = first(box);
    return rule(a, rule.length > 1 ? second(box) : a);
  };
}

const operators = new Map<string, Rule>([
  ['add', (a, b) => known(a.low + b.low, a.high + b.high)],
  ['subtract', (a, b) => known(a.low - b.high, a.high - b.low)],
  ['multiply', multiply],
  ['divide', (a, b) => (b.low <= 0 && b.high >= 0 ? everything : multiply(a, { low: 1 / b.high, high: 1 / b.low }))],
  ['unaryMinus', (a) => ({ low: -a.high, high: -a.low })],
  ['unaryPlus', (a) => a],
]);

function multiply(a: Interval, b: Interval): Interval {
  const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return known(Math.min(...products), Math.max(...products));
}

/** A rising function's values at the ends. */
function rising(f: (x: number) => number): Rule {
  return (a) => known(f(a.low), f(a.high));
}

function absolute(a: Interval): Interval {
  const high = Math.max(Math.abs(a.low), Math.abs(a.high));
  return { low: a.low <= 0 && a.high >= 0 ? 0 : Math.min(Math.abs(a.low), Math.abs(a.high)), high };
}

const functions = new Map<string, Rule>([
  ['exp', rising(Math.exp)],
  ['expm1', rising(Math.expm1)],
  ['log', rising(Math.log)],
  ['log1p', rising(Math.log1p)],
  ['log2', rising(Math.log2)],
  ['log10', rising(Math.log10)],
  ['sqrt', rising(Math.sqrt)],
  ['cbrt', rising(Math.cbrt)],
  ['sinh', rising(Math.sinh)],
  ['tanh', rising(Math.tanh)],
  ['atan', rising(Math.atan)],
  ['sign', rising(Math.sign)],
  ['abs', absolute],
  ['cosh', (a) => rising(Math.cosh)(absolute(a), a)],
  ['sin', () => ({ low: -1, high: 1 })],
  ['cos', () => ({ low: -1, high: 1 })],
  ['square', (a) => integerPower(a, 2)],
  ['cube', (a) => integerPower(a, 3)],
]);

function integerPower(a: Interval, exponent: number): Interval {
  const base = exponent % 2 === 0 ? absolute(a) : a;
  return known(base.low ** exponent, base.high ** exponent);
}

/** Powers with a constant exponent: whole ones of anything, others of what is not negative. */
function power(base: Enclosure, exponent: Enclosure): Enclosure {
  return (box) => {
    const [a, { low, high }] = [base(box), exponent(box)];
    if (low !== high) return everything;
    if (low < 0) {
      const below = raised(a, -low);
      return below.low <= 0 && below.high >= 0 ? everything : { low: 1 / below.high, high: 1 / below.low };
    }
    return raised(a, low);
  };
}

function raised(a: Interval, exponent: number): Interval {
  if (Number.isInteger(exponent)) return integerPower(a, exponent);
  return a.low < 0 ? everything : known(a.low ** exponent, a.high ** exponent);
}
