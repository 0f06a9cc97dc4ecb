import type { Expression, ExpressionPart } from './expression.js';

/**
 * The values of every part of an expression at a point, in their order.
 * @param settled truth values that stand for those of comparisons, by part; NaN for a part that is computed
 */
export function valuesOf(
  parts: readonly ExpressionPart[],
  theta: ArrayLike<number>,
  settled?: Float64Array,
): Float64Array {
  const values = new Float64Array(parts.length);
  parts.forEach((part, i) => {
    switch (part.kind) {
      case 'constant':
        values[i] = part.value;
        break;
      case 'variable':
        values[i] = theta[part.index];
        break;
      case 'unary':
        values[i] = part.rule.value(values[part.a]);
        break;
      case 'binary':
        values[i] =
          settled === undefined || Number.isNaN(settled[i])
            ? part.rule.value(values[part.a], values[part.b])
            : settled[i];
        break;
      case 'conditional':
        values[i] = values[part.condition] !== 0 ? values[part.a] : values[part.b];
    }
  });
  return values;
}

/** The comparisons that decide the conditions of an expression, by part. */
export function decidingComparisons({ parts }: Expression): number[] {
  const decides = new Uint8Array(parts.length);
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part.kind === 'conditional') decides[part.condition] = 1;
    if (decides[i] === 0) continue;
    if ('a' in part) decides[part.a] = 1;
    if ('b' in part) decides[part.b] = 1;
  }
  return parts.flatMap((part, i) =>
    decides[i] === 1 && part.kind === 'binary' && part.rule.besideRange !== undefined ? [i] : [],
  );
}

/**
 * What comparisons that are tied at a point say just beside it: NaN for those that are not tied.
 *
 * A condition such as x == 0 or x > 0 can hold, or fail, at the tie alone, and the branch taken there then has the right
 * value but not the slope of the function. Beside the point, on the side of the origin (at the origin in a fixed
 * direction), lies an open region, whose branch has both. A comparison that is tied there too keeps what it says at the
 * point.
 * @param comparisons those to settle, of which at least one is tied
 * @param values the values of every part at the point
 */
export function settledTies(
  { parts, variables }: Expression,
  comparisons: readonly number[],
  theta: ArrayLike<number>,
  values: Float64Array,
): Float64Array {
  const settled = new Float64Array(parts.length).fill(NaN);
  let open = comparisons.filter((i) => isTied(parts[i], values));
  for (const distance of distances) {
    if (open.length === 0) break;
    const there = valuesOf(parts, pointBeside(theta, variables, distance));
    open = open.filter((i) => {
      const decided = isApart(parts[i], there);
      if (decided) settled[i] = there[i];
      return !decided;
    });
  }
  return settled;
}

/** Whether both sides of a comparison have the same value. */
export function isTied(part: ExpressionPart, values: Float64Array): boolean {
  return part.kind === 'binary' && values[part.a] === values[part.b];
}

function isApart(part: ExpressionPart, values: Float64Array): boolean {
  return part.kind === 'binary' && (values[part.a] < values[part.b] || values[part.a] > values[part.b]);
}

/** How far beside a point to look, by its norm, nearest first: what is nearer may be lost in rounding. */
const distances = [2 ** -30, -(2 ** -30), 2 ** -24, -(2 ** -24), 2 ** -16, 2 ** -8];

/**
 * A point nearer to the origin by |distance|, and to the side in a direction that no one writes a boundary along; no
 * farther from the origin than the point itself, so that it lies in every ball that holds that.
 */
function pointBeside(theta: ArrayLike<number>, variables: number, distance: number): Float64Array {
  const norm = Math.hypot(...Array.from({ length: variables }, (_, i) => theta[i]));
  const aside = Float64Array.from({ length: variables }, (_, i) => 0.5 + (((i + 1) * goldenRatio) % 1));
  const scale = (distance / Math.hypot(...aside)) * (norm === 0 ? 1 : norm / 2);
  return aside.map((along, i) => theta[i] * (1 - Math.abs(distance)) + scale * along);
}

const goldenRatio = (1 + Math.sqrt(5)) / 2;
