import { InputError } from '../../base/input-error.js';
import { marginLossOf } from '../../preference-loss/index.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import type { LogLinearData, ProblemData, QuadraticData } from './data.js';
import { exampleCount, readRow, rowCount, type FeatureRows } from './feature-rows.js';

/** Beyond this the square of a number is none: intervals, distances, areas and second moments are made of squares. */
export const largestMagnitude = 1e150;
/** Below this the square of a number has lost digits, or is 0. */
const smallestDeviation = 1e-150;

/**
 * Refuses a pair whose coordinates, values or gradients may be larger than `largestMagnitude`: all over the ball, or on R^d
 * at the start and at both minimisers. What is measured of such a pair would be NaN or infinite. The values of
 * expressions are looked at where their convexity is (`checkOnChords`).
 */
export function checkMagnitude(data: ProblemData): void {
  const { start, radius } = data;
  if (radius < Infinity) requireMagnitude('radius', radius, 'a radius');
  for (const [i, entry] of start.entries()) requireMagnitude(`start[${i}]`, entry, 'a coordinate');
  for (const name of ['dpo', 'sft'] as const) checkNoise(data, name);
  if (data.kind === 'quadratic') for (const name of ['dpo', 'sft'] as const) checkQuadratic(data, name);
  if (data.kind === 'log-linear') checkLogLinear(data);
}

/** Refuses a number that is too large to be squared. */
export function requireMagnitude(field: string, size: number, what: string): void {
  if (Math.abs(size) <= largestMagnitude) return;
  throw new InputError(field, size, `${what} of at most ${largestMagnitude} in size, whose square is a number`);
}

function checkNoise(data: ProblemData, name: ObjectiveName): void {
  if (data.kind === 'log-linear') return;
  const { noise, valueNoise } =
    data.kind === 'quadratic' ? data.objectives[name] : { noise: data.noise[name], valueNoise: data.valueNoise[name] };
  for (const [field, deviation] of Object.entries({ noise, valueNoise })) {
    if (deviation === 0 || (deviation >= smallestDeviation && deviation <= largestMagnitude)) continue;
    const expected = `0, or ${smallestDeviation} to ${largestMagnitude}, whose square is a number`;
    throw new InputError(`${field} of ${name}`, deviation, expected);
  }
}

/** Σ |A_ij| max(1, s_i) max(1, s_j) bounds entries, gradients and values where |θ_i − c_i| ≤ s_i. */
function checkQuadratic({ objectives, start, radius }: QuadraticData, name: ObjectiveName): void {
  const { hessian, minimizer } = objectives[name];
  const other = objectives[name === 'dpo' ? 'sft' : 'dpo'].minimizer;
  const sizes = minimizer.map((centre, i) => {
    const farthest = radius < Infinity ? radius : Math.max(Math.abs(start[i]), Math.abs(other[i]));
    return Math.max(1, Math.abs(centre) + farthest);
  });
  for (const [i, entry] of minimizer.entries()) {
    requireMagnitude(`objectives.${name}.minimizer[${i}]`, entry, 'a coordinate');
  }
  let bound = 0;
  sizes.forEach((size, i) => {
    sizes.forEach((across, j) => (bound += Math.abs(hessian[i * sizes.length + j]) * size * across));
  });
  requireMagnitude(`objectives.${name}`, bound, 'values and gradients');
}

/** Margins are at most the radius times the length of a row; a loss is at most that of the widest margin. */
function checkLogLinear({ reference, radius, sft, dpo }: LogLinearData): void {
  requireMagnitude('sft', radius * longestRow(sft.rows), 'losses');
  const row = longestRow(dpo.rows);
  const margin = (radius + Math.hypot(...reference)) * row;
  requireMagnitude('dpo', margin, 'margins');
  const { value, slopeBound } = marginLossOf(dpo.loss);
  requireMagnitude('dpo', Math.max(value(margin), value(-margin)), 'losses');
  requireMagnitude('dpo', slopeBound(-margin, margin) * row, 'gradients');
}

function longestRow(rows: FeatureRows): number {
  const row = new Float64Array(rows.dimension);
  let longest = 0;
  for (let n = 0; n < exampleCount(rows); n++) {
    for (let k = 0; k < rowCount(rows, n); k++) longest = Math.max(longest, Math.hypot(...readRow(rows, n, k, row)));
  }
  return longest;
}
