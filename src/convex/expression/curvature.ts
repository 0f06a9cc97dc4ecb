import { enclosures } from './enclosure.js';
import type { Expression, ExpressionPart } from './expression.js';
import { shapeOf, type Shape } from './function-table.js';
import { hasZero, type Interval } from './interval.js';
import { difference, hypotenuse, larger, logSumExp, power, product, quotient, smaller, sum } from './operations.js';
import { exponentOf, powerFunction, powerWith } from './power.js';

/** What the rules say of a function; affine functions are both. */
export interface Curvature {
  readonly convex: boolean;
  readonly concave: boolean;
}

const affine: Curvature = { convex: true, concave: true };
const unknown: Curvature = { convex: false, concave: false };
const convex: Curvature = { convex: true, concave: false };
const reciprocal = powerFunction('reciprocal', powerWith(-1), (x) => 1 / x);

/**
 * The curvature of an expression on a box, by the rules of disciplined convex programming (Grant, Boyd and Ye 2006,
 * "Disciplined convex programming"): a convex function that rises keeps convex arguments convex, one that falls makes
 * concave ones convex, and any keeps affine ones. Signs and monotonicity come from the intervals in which the parts lie,
 * so that "rises" means: on the values that occur. Beyond the rules of single functions, it knows norms √(Σ u²),
 * u²/v and u log u. What it says is proved, that the expression is a number everywhere
 * on the box included; where it says nothing, nothing is known.
 */
export function curvature(expression: Expression, box: readonly Interval[]): Curvature {
  const { parts } = expression;
  const enclosed = enclosures(expression);
  if (!enclosed.isDefined(box)) return unknown;
  const ranges = enclosed.parts(box);
  const found: Curvature[] = [];
  /** Whether a part is a sum of squares of functions that are convex and not negative. */
  const squares: boolean[] = [];
  const isPositive = (i: number): boolean => ranges[i].low >= 0;
  const constantAt = (i: number): number | undefined => {
    const part = parts[i];
    // One whose sign is not known is none.
    const isKnown = part.kind === 'constant' && (part.range.low === part.range.high || !hasZero(part.range));
    return isKnown ? part.value : undefined;
  };

  function ofUnary(part: Extract<ExpressionPart, { kind: 'unary' }>): Curvature {
    const { rule, a } = part;
    const q = rule.power === undefined ? undefined : exponentOf(rule.power);
    if (squares[a] && q !== undefined && q >= 0.5) return convex;
    return composed(shapeOf(rule, ranges[a]), found[a]);
  }

  function ofBinary(part: Extract<ExpressionPart, { kind: 'binary' }>): Curvature {
    const { rule, a, b } = part;
    const [p, q] = [found[a], found[b]];
    const [x, y] = [constantAt(a), constantAt(b)];
    switch (rule) {
      case sum:
        return both(p, q);
      case difference:
        return both(p, flipped(q));
      case product: {
        if (x !== undefined) return scaled(q, x);
        if (y !== undefined) return scaled(p, y);
        return isEntropy(a, b) || isEntropy(b, a) ? convex : unknown;
      }
      case quotient: {
        if (y !== undefined) return scaled(p, y);
        if (x !== undefined) return scaled(composed(shapeOf(reciprocal, ranges[b]), q), x);
        return q.concave && ranges[b].low > 0 && isEvenPower(parts[a], 2) ? convex : unknown;
      }
      case logSumExp:
        return p.convex && q.convex ? convex : unknown;
      case larger:
        if (ranges[a].low >= ranges[b].high) return p;
        if (ranges[b].low >= ranges[a].high) return q;
        return p.convex && q.convex ? convex : unknown;
      case smaller:
        if (ranges[a].high <= ranges[b].low) return p;
        if (ranges[b].high <= ranges[a].low) return q;
        return { convex: false, concave: p.concave && q.concave };
      case hypotenuse:
        return isLength(a) && isLength(b) ? convex : unknown;
      case power:
        if (x === undefined || x <= 0) return unknown;
        return { convex: x >= 1 ? q.convex : q.concave, concave: false };
      default:
        return unknown;
    }
  }

  /** u log u, convex for u ≥ 0. */
  function isEntropy(u: number, log: number): boolean {
    const part = parts[log];
    const isLogarithm = part.kind === 'unary' && ['log', 'log2', 'log10'].includes(part.rule.name) && part.a === u;
    return isLogarithm && isPositive(u) && found[u].convex && found[u].concave;
  }

  /** |u|^q with q ≥ `least` and u affine. */
  function isEvenPower(part: ExpressionPart, least: number): boolean {
    if (part.kind !== 'unary' || part.rule.power?.parity !== 'even') return false;
    return exponentOf(part.rule.power) >= least && found[part.a].convex && found[part.a].concave;
  }

  /** Whether |u| is convex because u is affine, convex and not negative, or concave and not positive. */
  function isLength(u: number): boolean {
    const { convex: bendsUp, concave: bendsDown } = found[u];
    return (bendsUp && bendsDown) || (bendsUp && ranges[u].low >= 0) || (bendsDown && ranges[u].high <= 0);
  }

  function isSumOfSquares(part: ExpressionPart): boolean {
    if (part.kind === 'constant') return part.range.low >= 0;
    if (part.kind === 'unary') {
      if (isEvenPower(part, 2)) return true;
      const q = part.rule.power === undefined ? 0 : exponentOf(part.rule.power);
      return found[part.a].convex && (part.rule.name === 'exp' || (q >= 2 && isPositive(part.a)));
    }
    if (part.kind !== 'binary') return false;
    if (part.rule === sum) return squares[part.a] && squares[part.b];
    const [x, y] = [constantAt(part.a), constantAt(part.b)];
    if (part.rule === product && x !== undefined) return x >= 0 && squares[part.b];
    if (part.rule === product && y !== undefined) return y >= 0 && squares[part.a];
    return part.rule === quotient && y !== undefined && y > 0 && squares[part.a];
  }

  parts.forEach((part, i) => {
    switch (part.kind) {
      case 'constant':
      case 'variable':
        found.push(affine);
        break;
      case 'unary':
        found.push(ofUnary(part));
        break;
      case 'binary':
        // A comparison that is decided on the whole box is a constant.
        found.push(ranges[i].low === ranges[i].high ? affine : ofBinary(part));
        break;
      case 'conditional': {
        const condition = ranges[part.condition];
        const decided = !hasZero(condition) || condition.low === condition.high;
        found.push(decided ? found[hasZero(condition) ? part.b : part.a] : unknown);
      }
    }
    squares.push(isSumOfSquares(part));
  });
  return found[parts.length - 1];
}

/** f ∘ u, from f's shape on the values of u. */
function composed(f: Shape, u: Curvature): Curvature {
  const keeps = (f.rising && u.convex) || (f.falling && u.concave) || (u.convex && u.concave);
  const turns = (f.rising && u.concave) || (f.falling && u.convex) || (u.convex && u.concave);
  return { convex: f.convex && keeps, concave: f.concave && turns };
}

function both(p: Curvature, q: Curvature): Curvature {
  return { convex: p.convex && q.convex, concave: p.concave && q.concave };
}

function flipped({ convex: up, concave: down }: Curvature): Curvature {
  return { convex: down, concave: up };
}

function scaled(p: Curvature, by: number): Curvature {
  return by === 0 ? affine : by > 0 ? p : flipped(p);
}
