import type { MathNode } from 'mathjs';
import { curvature, type Curvature } from './curvature.js';
import { derivatives } from './derivatives.js';
import { enclosures, type Enclosures } from './enclosure.js';
import type { Interval } from './interval.js';
import math from './mathjs.js';
import { parseExpression } from './parse.js';
import { roundings, type Rounding } from './rounding.js';

/** A real function of named variables, written as an expression; points and boxes are in the variables' order. */
export interface ExpressionFunction {
  /** How many parts it has. */
  readonly size: number;
  readonly evaluate: (variables: ArrayLike<number>) => number;
  /**
   * Writes the gradient and returns the value. At a kink it is a subgradient, always the same one: each of the
   * one-sided derivatives of abs, max, min and their like counts by half, and a root at 0, where it is smallest, passes
   * nothing on. At a tie of a condition it is that of the branch that holds beside the point. Where there is no gradient, some of its entries are not finite.
   */
  readonly gradient: (variables: ArrayLike<number>, out: Float64Array) => number;
  /** Writes the Hessian (d × d, row-major). */
  readonly hessian: (variables: ArrayLike<number>, out: Float64Array) => void;
  /** Intervals, rounded outwards, that hold every value, gradient and Hessian on a box. */
  readonly enclose: Enclosures;
  /** Bounds on what rounding did to a value and a gradient that were computed at a point. */
  readonly rounding: (variables: ArrayLike<number>, value: number, gradient: Float64Array) => Rounding;
  /** What the rules of disciplined convex programming prove on a box. */
  readonly curvature: (box: readonly Interval[]) => Curvature;
  /** The expression in TeX; `symbols` gives the TeX of variables that are written otherwise than named. */
  readonly tex: (symbols?: Readonly<Record<string, string>>) => string;
}

/**
 * The function that an expression denotes: numbers, the variables, pi and e, + − * / ^, comparisons, c ? a : b and
 * the functions of the table. Everything else, and every other name, is refused: an expression reaches nothing outside
 * it. What it computes takes time linear in the expression.
 * @param field names the expression in the InputError
 */
export function parseArithmetic(field: string, text: string, variables: readonly string[]): ExpressionFunction {
  const { node, expression } = parseExpression(field, text, variables);
  const { value, gradient, hessian } = derivatives(expression);
  return {
    size: expression.parts.length,
    evaluate: value,
    gradient,
    hessian,
    enclose: enclosures(expression),
    rounding: roundings(expression),
    curvature: (box) => curvature(expression, box),
    tex: (symbols = {}) =>
      node.toTex({
        handler: (part: MathNode) =>
          math.isSymbolNode(part) && Object.hasOwn(symbols, part.name) ? ` ${symbols[part.name]}` : undefined,
      }),
  };
}
