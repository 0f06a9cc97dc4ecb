import { composedPower, identityPower, multipliedPower, powerFunction, powerWith } from './power.js';
import type { Expression, ExpressionPart } from './expression.js';
import { foldedBinary, foldedUnary } from './folding.js';
import type { Power, UnaryFunction } from './function-table.js';
import { negation, unaryFunctions } from './functions.js';
import { everything, point, type Interval } from './interval.js';
import { comparisons } from './logic.js';
import { difference, larger, logSumExp, power, product, quotient, smaller, sum } from './operations.js';
import type { BinaryOperation } from './operations.js';

/** Builds the parts of an expression, each once; what it returns and takes are indices of parts. */
export interface Builder {
  /** @param range holds what it is exactly; the double unless given */
  constant(value: number, range?: Interval): number;
  variable(index: number): number;
  apply(rule: UnaryFunction, a: number): number;
  combine(rule: BinaryOperation, a: number, b: number): number;
  choose(condition: number, a: number, b: number): number;
  raise(base: number, exponent: number): number;
  /** log(a), log(1 + a): without overflow where an exponential is inside. */
  logarithm(a: number): number;
  logarithmOfOnePlus(a: number): number;
  /** The number that a part is, if it is a constant. */
  constantOf(a: number): number | undefined;
  /** The expression whose whole is part `a`. */
  finish(a: number, variables: number): Expression;
}

/**
 * A builder that keeps values as they are written, but recognises
 * - powers of powers and products of powers of one base, as in (x²)^1.5 = |x|³, whose derivatives exist where those of
 *   their factors do not;
 * - logarithms of sums, products and powers of exponentials, as in log(1 + eᵘ), which it computes without overflow;
 * - c ? a : b that is max, min or abs.
 */
export function newBuilder(): Builder {
  const parts: ExpressionPart[] = [];
  const known = new Map<string, number>();
  /** The logarithm of a part that an exponential is in, where it is known. */
  const logarithms = new Map<number, number>();

  function place(key: string, part: ExpressionPart): number {
    const found = known.get(key);
    if (found !== undefined) return found;
    parts.push(part);
    known.set(key, parts.length - 1);
    return parts.length - 1;
  }

  function constantOf(a: number): number | undefined {
    const part = parts[a];
    return part.kind === 'constant' ? part.value : undefined;
  }

  function constant(value: number, range = point(value)): number {
    const key = `#${Object.is(value, -0) ? '-0' : value}`;
    const exact = range.low === range.high;
    return place(exact ? key : `${key} in ${range.low}, ${range.high}`, { kind: 'constant', value, range });
  }

  /** What a constant is exactly. */
  function rangeOf(a: number): Interval {
    const part = parts[a];
    return part.kind === 'constant' ? part.range : everything;
  }

  function apply(rule: UnaryFunction, a: number): number {
    const x = constantOf(a);
    const value = x === undefined ? NaN : rule.value(x);
    if (Number.isFinite(value)) return constant(value, foldedUnary(rule, rangeOf(a), value));
    const inner = parts[a];
    if (rule.power !== undefined && inner.kind === 'unary' && inner.rule.power !== undefined) {
      const whole = composedPower(rule.power, inner.rule.power);
      const [outer, within] = [rule.value, inner.rule.value];
      if (whole !== undefined) {
        return applyPower(`${rule.name}(${inner.rule.name})`, whole, (at) => outer(within(at)), inner.a);
      }
    }
    const made = place(`${rule.name}(${a})`, { kind: 'unary', rule, a });
    const log = logarithmOfUnary(rule, a);
    if (log !== undefined) logarithms.set(made, log);
    return made;
  }

  function applyPower(name: string, whole: Power, value: (x: number) => number, base: number): number {
    return place(`${name}(${base})`, { kind: 'unary', rule: powerFunction(name, whole, value), a: base });
  }

  function logarithmOfUnary(rule: UnaryFunction, a: number): number | undefined {
    if (rule.name === 'exp') return a;
    if (rule.name === 'cosh') {
      return combine(difference, combine(logSumExp, a, apply(negation, a)), apply(named('log'), constant(2)));
    }
    const inner = logarithms.get(a);
    if (rule.power === undefined || inner === undefined || rule.power.numerator === 0) return undefined;
    return combine(product, constantExponent(rule.power), inner);
  }

  function combine(rule: BinaryOperation, a: number, b: number): number {
    const [x, y] = [constantOf(a), constantOf(b)];
    const value = x === undefined || y === undefined ? NaN : rule.value(x, y);
    if (Number.isFinite(value)) return constant(value, foldedBinary(rule, rangeOf(a), rangeOf(b), value));
    if (rule === product) {
      const whole = productOfPowers(a, b);
      if (whole !== undefined) return whole;
    }
    const made = place(`${rule.name}(${a},${b})`, { kind: 'binary', rule, a, b });
    const log = logarithmOfBinary(rule, a, b);
    if (log !== undefined) logarithms.set(made, log);
    return made;
  }

  /** The exponent of a power, which is exact in thirds. */
  function constantExponent({ numerator, thirds }: Power): number {
    return combine(quotient, constant(numerator), constant(3 ** thirds));
  }

  function asPower(a: number): { base: number; power: Power; name: string; value: (x: number) => number } {
    const part = parts[a];
    if (part.kind !== 'unary' || part.rule.power === undefined) {
      return { base: a, power: identityPower, name: '', value: (x) => x };
    }
    return { base: part.a, power: part.rule.power, name: part.rule.name, value: part.rule.value };
  }

  function productOfPowers(a: number, b: number): number | undefined {
    const [left, right] = [asPower(a), asPower(b)];
    if (left.base !== right.base || constantOf(left.base) !== undefined) return undefined;
    const whole = multipliedPower(left.power, right.power);
    if (whole === undefined) return undefined;
    const name = `${left.name}*${right.name}`;
    return applyPower(name, whole, (x) => left.value(x) * right.value(x), left.base);
  }

  /** The logarithm of a part, or of a positive constant. */
  function logarithmKnown(a: number): number | undefined {
    const x = constantOf(a);
    return x !== undefined && x > 0 ? apply(named('log'), a) : logarithms.get(a);
  }

  function logarithmOfBinary(rule: BinaryOperation, a: number, b: number): number | undefined {
    if (rule === power) {
      const base = constantOf(a);
      return base !== undefined && base > 0 ? combine(product, apply(named('log'), a), b) : undefined;
    }
    const joined = rule === sum ? logSumExp : rule === product ? sum : rule === quotient ? difference : undefined;
    if (joined === undefined || !(logarithms.has(a) || logarithms.has(b))) return undefined;
    const [left, right] = [logarithmKnown(a), logarithmKnown(b)];
    return left === undefined || right === undefined ? undefined : combine(joined, left, right);
  }

  function raise(base: number, exponent: number): number {
    const q = constantOf(exponent);
    if (q === undefined || constantOf(base) !== undefined) return combine(power, base, exponent);
    if (q === 0) return constant(1);
    if (q === 1) return base;
    return apply(powerFunction(`^${q}`, powerWith(q), q === 2 ? (x) => x * x : (x) => x ** q), base);
  }

  function choose(condition: number, a: number, b: number): number {
    const decided = constantOf(condition);
    if (decided !== undefined) return decided !== 0 ? a : b;
    return asExtremum(condition, a, b) ?? place(`?(${condition},${a},${b})`, { kind: 'conditional', condition, a, b });
  }

  /** p > q ? p : q and its like as max or min, x > 0 ? x : −x as abs. */
  function asExtremum(condition: number, a: number, b: number): number | undefined {
    const test = parts[condition];
    if (test.kind !== 'binary') return undefined;
    const order = comparisons.indexOf(test.rule);
    if (order < 0 || order > 3) return undefined;
    const firstIsLarger = order >= 2;
    if (test.a === a && test.b === b) return combine(firstIsLarger ? larger : smaller, a, b);
    if (test.a === b && test.b === a) return combine(firstIsLarger ? smaller : larger, a, b);
    const [x, zero] = constantOf(test.b) === 0 ? [test.a, true] : [test.b, constantOf(test.a) === 0];
    if (!zero) return undefined;
    const [positive, negative] = firstIsLarger === (x === test.a) ? [a, b] : [b, a];
    const opposite = apply(negation, x);
    const abs = unaryFunctions.get('abs');
    return positive === x && negative === opposite && abs !== undefined ? apply(abs, x) : undefined;
  }

  function named(name: string): UnaryFunction {
    const rule = unaryFunctions.get(name);
    if (rule === undefined) throw new Error(`the table has no ${name}`);
    return rule;
  }

  return {
    constant,
    variable: (index) => place(`$${index}`, { kind: 'variable', index }),
    apply,
    combine,
    choose,
    raise,
    logarithm: (a) => logarithms.get(a) ?? apply(named('log'), a),
    logarithmOfOnePlus(a) {
      const log = logarithms.get(a);
      return log === undefined ? apply(named('log1p'), a) : combine(logSumExp, constant(0), log);
    },
    constantOf,
    finish: (a, variables) => ({ parts: needed(parts, a), variables }),
  };
}

/** The parts that a part is made of, itself the last, with their indices among themselves. */
function needed(parts: readonly ExpressionPart[], whole: number): ExpressionPart[] {
  const used = new Uint8Array(whole + 1);
  used[whole] = 1;
  for (let i = whole; i >= 0; i--) {
    const part = parts[i];
    if (used[i] === 0) continue;
    if ('a' in part) used[part.a] = 1;
    if ('b' in part) used[part.b] = 1;
    if (part.kind === 'conditional') used[part.condition] = 1;
  }
  const place = new Int32Array(whole + 1);
  const kept: ExpressionPart[] = [];
  for (let i = 0; i <= whole; i++) {
    if (used[i] === 0) continue;
    const part = parts[i];
    place[i] = kept.length;
    switch (part.kind) {
      case 'unary':
        kept.push({ ...part, a: place[part.a] });
        break;
      case 'binary':
        kept.push({ ...part, a: place[part.a], b: place[part.b] });
        break;
      case 'conditional':
        kept.push({ ...part, condition: place[part.condition], a: place[part.a], b: place[part.b] });
        break;
      default:
        kept.push(part);
    }
  }
  return kept;
}
