import type { Expression, ExpressionPart } from './expression.js';
import { negation } from './functions.js';
import type { UnaryFunction } from './function-table.js';
import { difference, product, quotient, sum, type BinaryOperation } from './operations.js';
import { decidingComparisons, isTied, settledTies, valuesOf } from './values.js';

/**
 * The value of an expression and its derivatives, by automatic differentiation in time linear in its parts (times d for
 * the Hessian). Nothing is allocated per call.
 */
export interface Derivatives {
  readonly value: (theta: ArrayLike<number>) => number;
  /** Writes the gradient, or a subgradient at a kink, and returns the value; NaN or infinite where there is none. */
  readonly gradient: (theta: ArrayLike<number>, out: Float64Array) => number;
  /** Writes the Hessian (d × d, row-major); that of the pieces that meet at a kink, weighted as their gradients. */
  readonly hessian: (theta: ArrayLike<number>, out: Float64Array) => void;
}

const [isConstant, isVariable, isSum, isDifference, isProduct, isQuotient, isUnary, isBinary, isConditional] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];

function codeOf(part: ExpressionPart): number {
  switch (part.kind) {
    case 'constant':
      return isConstant;
    case 'variable':
      return isVariable;
    case 'unary':
      return isUnary;
    case 'conditional':
      return isConditional;
    case 'binary': {
      const special = [sum, difference, product, quotient].indexOf(part.rule);
      return special < 0 ? isBinary : isSum + special;
    }
  }
}

/** Compiles an expression for evaluation. */
export function derivatives(expression: Expression): Derivatives {
  const { parts, variables: dimension } = expression;
  const count = parts.length;
  const code = Uint8Array.from(parts, codeOf);
  const first = Int32Array.from(parts, (part) => ('a' in part ? part.a : part.kind === 'variable' ? part.index : 0));
  const second = Int32Array.from(parts, (part) => ('b' in part ? part.b : 0));
  const conditions = Int32Array.from(parts, (part) => (part.kind === 'conditional' ? part.condition : 0));
  const unary = parts.map((part): UnaryFunction => (part.kind === 'unary' ? part.rule : negation));
  const binary = parts.map((part): BinaryOperation => (part.kind === 'binary' ? part.rule : sum));
  const values = Float64Array.from(parts, (part) => (part.kind === 'constant' ? part.value : 0));
  const jumps = parts.flatMap((part, i) =>
    (part.kind === 'unary' || part.kind === 'binary') && part.rule.jumpsAt !== undefined ? [i] : [],
  );
  const comparisons = decidingComparisons(expression);

  // Of the reverse pass: what the whole changes by with each part, and with each part's arguments.
  const adjoint = new Float64Array(count);
  const reached = new Uint8Array(count);
  const [slopeA, slopeB] = [new Float64Array(count), new Float64Array(count)];
  // Of the second derivatives, which few ask for.
  let bends:
    { aa: Float64Array; ab: Float64Array; bb: Float64Array; dot: Float64Array; change: Float64Array } | undefined;

  function value(theta: ArrayLike<number>): number {
    for (let i = 0; i < count; i++) {
      const a = first[i];
      const b = second[i];
      switch (code[i]) {
        case isVariable:
          values[i] = theta[a];
          break;
        case isSum:
          values[i] = values[a] + values[b];
          break;
        case isDifference:
          values[i] = values[a] - values[b];
          break;
        case isProduct:
          values[i] = values[a] * values[b];
          break;
        case isQuotient:
          values[i] = values[a] / values[b];
          break;
        case isUnary:
          values[i] = unary[i].value(values[a]);
          break;
        case isBinary:
          values[i] = binary[i].value(values[a], values[b]);
          break;
        case isConditional:
          values[i] = values[conditions[i]] !== 0 ? values[a] : values[b];
          break;
      }
    }
    return values[count - 1];
  }

  /** The slopes of every part by its arguments, at the values. */
  function setSlopes(): void {
    for (let i = 0; i < count; i++) {
      const a = first[i];
      const b = second[i];
      switch (code[i]) {
        case isSum:
          slopeA[i] = slopeB[i] = 1;
          break;
        case isDifference:
          slopeA[i] = 1;
          slopeB[i] = -1;
          break;
        case isProduct:
          slopeA[i] = values[b];
          slopeB[i] = values[a];
          break;
        case isUnary:
          slopeA[i] = unary[i].slope(values[a], values[i]);
          break;
        case isQuotient:
        case isBinary:
          slopeA[i] = binary[i].slopeA(values[a], values[b]);
          slopeB[i] = binary[i].slopeB(values[a], values[b]);
          break;
        case isConditional:
          slopeA[i] = values[conditions[i]] !== 0 ? 1 : 0;
          slopeB[i] = 1 - slopeA[i];
          break;
      }
    }
  }

  /** Adds what part i passes on to an argument. */
  function pass(i: number, to: number, slope: number): void {
    reached[to] = 1;
    adjoint[to] += adjoint[i] * slope;
  }

  function setAdjoints(): void {
    adjoint.fill(0);
    reached.fill(0);
    adjoint[count - 1] = reached[count - 1] = 1;
    for (let i = count - 1; i >= 0; i--) {
      if (reached[i] === 0) continue;
      switch (code[i]) {
        case isConstant:
        case isVariable:
          break;
        case isUnary:
          passUnary(i);
          break;
        case isConditional:
          if (slopeA[i] !== 0) pass(i, first[i], 1);
          else pass(i, second[i], 1);
          break;
        case isBinary:
          // What max, min and comparisons do not depend on may have no derivative.
          if (slopeA[i] !== 0 || binary[i].selects !== true) pass(i, first[i], slopeA[i]);
          if (slopeB[i] !== 0 || binary[i].selects !== true) pass(i, second[i], slopeB[i]);
          break;
        default:
          pass(i, first[i], slopeA[i]);
          pass(i, second[i], slopeB[i]);
      }
    }
  }

  function passUnary(i: number): void {
    const slope = slopeA[i];
    if (slope === 0 && unary[i].jumpsAt !== undefined) return;
    // At 0 a root is smallest: where the whole rises with it, 0 is a subgradient whatever is under the root, which
    // cannot be negative around; where the whole falls with it, there is none.
    if (slope === Infinity && unary[i].power !== undefined) {
      if (adjoint[i] < 0) pass(i, first[i], NaN);
      return;
    }
    pass(i, first[i], slope);
  }

  function differentiate(theta: ArrayLike<number>): number {
    const found = value(theta);
    if (comparisons.some((i) => isTied(parts[i], values))) {
      values.set(valuesOf(parts, theta, settledTies(expression, comparisons, theta, values)));
    }
    setSlopes();
    for (const i of jumps) if (jumpsHere(i)) slopeA[i] = slopeB[i] = NaN;
    setAdjoints();
    return found;
  }

  function jumpsHere(i: number): boolean {
    return code[i] === isUnary
      ? unary[i].jumpsAt?.(values[first[i]]) === true
      : binary[i].jumpsAt?.(values[first[i]], values[second[i]]) === true;
  }

  function setBends(): NonNullable<typeof bends> {
    bends ??= {
      aa: new Float64Array(count),
      ab: new Float64Array(count),
      bb: new Float64Array(count),
      dot: new Float64Array(count),
      change: new Float64Array(count),
    };
    for (let i = 0; i < count; i++) {
      const [a, b] = [values[first[i]], values[second[i]]];
      if (code[i] === isUnary) bends.aa[i] = unary[i].bend(a, values[i]);
      else if (code[i] === isBinary || code[i] === isQuotient) {
        bends.aa[i] = binary[i].bendAA(a, b);
        bends.ab[i] = binary[i].bendAB(a, b);
        bends.bb[i] = binary[i].bendBB(a, b);
      } else if (code[i] === isProduct) bends.ab[i] = 1;
    }
    return bends;
  }

  return {
    value,
    gradient(theta, out) {
      const found = differentiate(theta);
      out.fill(0, 0, dimension);
      for (let i = 0; i < count; i++) if (code[i] === isVariable) out[first[i]] += adjoint[i];
      return found;
    },
    hessian(theta, out) {
      differentiate(theta);
      const { aa, ab, bb, dot, change } = setBends();
      out.fill(0, 0, dimension * dimension);
      for (let column = 0; column < dimension; column++) {
        // How every part changes along the coordinate, then how its adjoint does.
        for (let i = 0; i < count; i++) {
          const [a, b] = [dot[first[i]], dot[second[i]]];
          if (code[i] === isVariable) dot[i] = first[i] === column ? 1 : 0;
          else if (code[i] === isUnary) dot[i] = times(slopeA[i], a);
          else if (code[i] !== isConstant) dot[i] = times(slopeA[i], a) + times(slopeB[i], b);
        }
        change.fill(0);
        for (let i = count - 1; i >= 0; i--) {
          if (reached[i] === 0 || code[i] === isConstant) continue;
          if (code[i] === isVariable) {
            out[first[i] * dimension + column] += change[i];
            continue;
          }
          const [a, b] = [dot[first[i]], dot[second[i]]];
          change[first[i]] += times(change[i], slopeA[i]) + times(adjoint[i], times(aa[i], a) + times(ab[i], b));
          if (code[i] !== isUnary) {
            change[second[i]] += times(change[i], slopeB[i]) + times(adjoint[i], times(ab[i], a) + times(bb[i], b));
          }
        }
      }
    },
  };
}

/** a b, where nothing is nothing whatever it multiplies: a part that does not change passes nothing on. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
