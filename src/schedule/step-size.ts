import { InputError } from '../base/input-error.js';
import { parseArithmetic } from '../convex/expression/arithmetic.js';

/** The exact recursion of second moments squares them. */
const largestStepSize = 1e150;

/**
 * The step sizes α_1 … α_T that a rule denotes: a number, an expression of t and T such as "0.5/sqrt(T)" or
 * "0.5/sqrt(t)", or "linear:α0" for the linear decay α0 (T − t + 1) / T. t counts from 1 across all stages.
 * Throws an InputError where the rule is no such expression or gives a step size that is not a finite number ≥ 0.
 */
export function stepSizes(rule: string, steps: number): Float64Array {
  const linear = /^\s*linear:(.*)$/s.exec(rule);
  const text = linear === null ? rule : linear[1];
  if (text.trim() === '') {
    throw new InputError('step-size', rule, 'a number, an expression of t and T, or linear:α0 with a number α0');
  }
  const expression = parseArithmetic('step-size', text, ['t', 'T']);
  const variables = [1, steps];
  return Float64Array.from({ length: steps }, (_, i) => {
    variables[0] = i + 1;
    const factor = expression.evaluate(variables);
    const value = linear === null ? factor : (factor * (steps - i)) / steps;
    if (!(value >= 0 && value < Infinity)) {
      throw new InputError('step-size', rule, `finite numbers ≥ 0; at t = ${i + 1} it is ${value}`);
    }
    if (value > largestStepSize) {
      const expected = `numbers of at most ${largestStepSize}, whose square is a number; at t = ${i + 1} it is ${value}`;
      throw new InputError('step-size', rule, expected);
    }
    return value;
  });
}

/** The rule of steps that adapt to the gradients met, on a ball. */
export const adaptiveRule = 'adaptive';

/**
 * The step α_t = 2R/√(2 Σ_{s ≤ t} ‖g_s‖²), g_s what step s moves along (AdaGrad's norm version): no bound on the gradients
 * is needed. 0 while all gradients were 0.
 * @param radius R of the ball that holds the iterates
 * @param squares the sum of ‖g_s‖², that of this step included
 */
export function adaptiveStep(radius: number, squares: number): number {
  return squares === 0 ? 0 : (2 * radius) / Math.sqrt(2 * squares);
}

/**
 * The adaptive steps of a run: tells α_t from ‖g_t‖².
 * @param sum Σ ‖g_s‖² of the steps taken before
 */
export function adaptiveSteps(radius: number, sum = 0): (squaredLength: number) => number {
  let squares = sum;
  return (squaredLength) => {
    squares += squaredLength;
    return adaptiveStep(radius, squares);
  };
}
