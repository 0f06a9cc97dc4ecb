import type { Expression } from './expression.js';
import { negation } from './functions.js';
import type { UnaryFunction } from './function-table.js';
import { add, everything, hasZero, hull, multiply, point, type Interval } from './interval.js';
import { difference, larger, smaller, sum, type BinaryOperation } from './operations.js';

/** Intervals that hold what an expression and its derivatives are while the variables range over theirs. */
export interface Enclosures {
  /** The values. */
  readonly value: (box: readonly Interval[]) => Interval;
  /** The values of every part, in their order. */
  readonly parts: (box: readonly Interval[]) => readonly Interval[];
  /**
   * Whether the expression is shown to be a number everywhere in the box: a part that may be undefined somewhere, as
   * √x is below 0, is lost in what bounds its values again, as exp and max do.
   */
  readonly isDefined: (box: readonly Interval[]) => boolean;
  /** The partial derivatives, subgradients at kinks included. */
  readonly gradient: (box: readonly Interval[]) => Interval[];
  /** The second derivatives (d × d, row-major); unbounded where the gradient jumps. */
  readonly hessian: (box: readonly Interval[]) => Interval[];
}

const [zero, one] = [point(0), point(1)];
const either: Interval = { low: 0, high: 1 };

/**
 * Interval arithmetic on an expression (Moore 1966), its ends rounded outwards: what is undefined somewhere in the box
 * is enclosed by all real numbers.
 */
export function enclosures({ parts, variables: dimension }: Expression): Enclosures {
  /** @param beside whether conditions count as open where a comparison may be tied: the slopes are then those of a branch beside it */
  function ranges(box: readonly Interval[], beside = false): Interval[] {
    const found: Interval[] = [];
    for (const part of parts) {
      switch (part.kind) {
        case 'constant':
          found.push(Number.isFinite(part.value) ? part.range : everything);
          break;
        case 'variable':
          found.push(box[part.index]);
          break;
        case 'unary':
          found.push(part.rule.range(found[part.a]));
          break;
        case 'binary':
          found.push(rangeOf(part.rule, beside)(found[part.a], found[part.b]));
          break;
        case 'conditional': {
          const condition = found[part.condition];
          const [a, b] = [found[part.a], found[part.b]];
          found.push(!hasZero(condition) ? a : isZero(condition) ? b : hull(a, b));
        }
      }
    }
    return found;
  }

  function isDefined(box: readonly Interval[]): boolean {
    const found = ranges(box);
    /** What a part may be: a number everywhere, a number or an infinity (log at 0), or undefined somewhere. */
    const extent: ('number' | 'infinity' | 'undefined')[] = [];
    for (const part of parts) {
      switch (part.kind) {
        case 'constant':
          extent.push(Number.isFinite(part.value) ? 'number' : 'undefined');
          break;
        case 'variable':
          extent.push('number');
          break;
        case 'unary': {
          const takes = extent[part.a] === 'number' || (extent[part.a] === 'infinity' && takesInfinity.has(part.rule));
          extent.push(takes ? extentOf(part.rule.range(bounded(found[part.a]))) : 'undefined');
          if (extent[part.a] === 'infinity' && takes) extent[extent.length - 1] = 'infinity';
          break;
        }
        case 'binary': {
          const numbers = Number(extent[part.a] === 'number') + Number(extent[part.b] === 'number');
          const none = extent[part.a] !== 'undefined' && extent[part.b] !== 'undefined';
          const takes = numbers === 2 || (none && numbers === 1 && takesInfinity.has(part.rule));
          const own = extentOf(part.rule.range(bounded(found[part.a]), bounded(found[part.b])));
          extent.push(!takes ? 'undefined' : numbers === 2 ? own : 'infinity');
          break;
        }
        case 'conditional': {
          const condition = found[part.condition];
          const taken = !hasZero(condition) ? [part.a] : isZero(condition) ? [part.b] : [part.a, part.b];
          const worst = taken.map((branch) => extent[branch]);
          const open = extent[part.condition] !== 'number' || worst.includes('undefined');
          extent.push(open ? 'undefined' : worst.includes('infinity') ? 'infinity' : 'number');
        }
      }
    }
    return extent[parts.length - 1] !== 'undefined';
  }

  /** How each part changes with its two arguments, and whether a conditional is open. */
  function slopes(found: readonly Interval[]): (readonly [Interval, Interval])[] {
    return parts.map((part): readonly [Interval, Interval] => {
      switch (part.kind) {
        case 'unary':
          return [part.rule.slopeRange(found[part.a]), zero];
        case 'binary':
          return part.rule.slopeRanges(found[part.a], found[part.b]);
        case 'conditional': {
          const condition = found[part.condition];
          return !hasZero(condition) ? [one, zero] : isZero(condition) ? [zero, one] : [either, either];
        }
        default:
          return [zero, zero];
      }
    });
  }

  function adjoints(slope: readonly (readonly [Interval, Interval])[]): Interval[] {
    const adjoint = parts.map(() => zero);
    adjoint[parts.length - 1] = one;
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i];
      if (part.kind === 'constant' || part.kind === 'variable') continue;
      adjoint[part.a] = add(adjoint[part.a], multiply(adjoint[i], slope[i][0]));
      if (part.kind !== 'unary') adjoint[part.b] = add(adjoint[part.b], multiply(adjoint[i], slope[i][1]));
    }
    return adjoint;
  }

  function bendsOf(i: number, found: readonly Interval[]): readonly [Interval, Interval, Interval] {
    const part = parts[i];
    if (part.kind === 'unary') return [part.rule.bendRange(found[part.a]), zero, zero];
    if (part.kind === 'binary') return part.rule.bendRanges(found[part.a], found[part.b]);
    const open = part.kind === 'conditional' && hasZero(found[part.condition]) && !isZero(found[part.condition]);
    return open ? [everything, everything, everything] : [zero, zero, zero];
  }

  return {
    value: (box) => ranges(box)[parts.length - 1],
    parts: (box) => ranges(box),
    isDefined,
    gradient(box) {
      const adjoint = adjoints(slopes(ranges(box, true)));
      const out = Array.from({ length: dimension }, () => zero);
      parts.forEach((part, i) => {
        if (part.kind === 'variable') out[part.index] = add(out[part.index], adjoint[i]);
      });
      return out;
    },
    hessian(box) {
      const found = ranges(box, true);
      const slope = slopes(found);
      const adjoint = adjoints(slope);
      const bends = parts.map((_, i) => bendsOf(i, found));
      const out = Array.from({ length: dimension * dimension }, () => zero);
      for (let column = 0; column < dimension; column++) {
        const dot: Interval[] = [];
        parts.forEach((part, i) => {
          if (part.kind === 'constant') dot.push(zero);
          else if (part.kind === 'variable') dot.push(part.index === column ? one : zero);
          else if (part.kind === 'unary') dot.push(multiply(slope[i][0], dot[part.a]));
          else dot.push(add(multiply(slope[i][0], dot[part.a]), multiply(slope[i][1], dot[part.b])));
        });
        const change = parts.map(() => zero);
        for (let i = parts.length - 1; i >= 0; i--) {
          const part = parts[i];
          if (part.kind === 'constant') continue;
          if (part.kind === 'variable') {
            const at = part.index * dimension + column;
            out[at] = add(out[at], change[i]);
            continue;
          }
          const [aa, ab, bb] = bends[i];
          const a = dot[part.a];
          const b = part.kind === 'unary' ? zero : dot[part.b];
          const byA = multiply(adjoint[i], add(multiply(aa, a), multiply(ab, b)));
          change[part.a] = add(change[part.a], add(multiply(change[i], slope[i][0]), byA));
          if (part.kind === 'unary') continue;
          const byB = multiply(adjoint[i], add(multiply(ab, a), multiply(bb, b)));
          change[part.b] = add(change[part.b], add(multiply(change[i], slope[i][1]), byB));
        }
      }
      return out;
    },
  };
}

function rangeOf(rule: BinaryOperation, beside: boolean): BinaryOperation['range'] {
  return (beside ? rule.besideRange : undefined) ?? ((a, b) => rule.range(a, b));
}

function isZero({ low, high }: Interval): boolean {
  return low === 0 && high === 0;
}

/**
 * A bounded part of an interval, in which a function that is undefined somewhere in the interval is undefined too: every
 * one of the table is so near 0, on one side of a number, or in each period. A function that is a number everywhere has
 * bounded values there, and real numbers alone are what encloses the undefined.
 */
function bounded({ low, high }: Interval): Interval {
  if (low > edge) return { low, high: Math.min(high, 2 * low) };
  if (high < -edge) return { low: Math.max(low, 2 * high), high };
  return { low: Math.max(low, -edge), high: Math.min(high, edge) };
}

const edge = 100;

/** What a function may be whose values on a bounded interval these are. */
function extentOf({ low, high }: Interval): 'number' | 'infinity' | 'undefined' {
  if (low === -Infinity && high === Infinity) return 'undefined';
  return low === -Infinity || high === Infinity ? 'infinity' : 'number';
}

/** Of what one argument may be infinite and the result is none the less defined: ∞ + 1, max(∞, 1), −∞. */
const takesInfinity = new Set<UnaryFunction | BinaryOperation>([sum, difference, larger, smaller, negation]);
