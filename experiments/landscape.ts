import { contours } from 'd3-contour';
import { paretoFront } from '../src/convex/optimum/weighted-sum.js';
import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { referenceOptima, type ReferenceOptima } from '../src/experiment/reference-optima.js';
import { evenlySpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import type { ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { chosenProblem, type ProblemDescription } from './given-problem.js';
import { logLinearPair } from './problems.js';

/** A level line of a function of the plane. */
export interface ContourLine {
  readonly of: 'dpo' | 'sft' | 'weightedSum';
  /** How far above the function's minimum the line lies. */
  readonly gap: number;
  readonly points: readonly (readonly [number, number])[];
}

/** The plane of a two-dimensional log-linear pair, with one run of every schedule in it. */
export interface Landscape {
  readonly subject: ProblemDescription;
  readonly lambda: number;
  readonly steps: number;
  readonly batch: number;
  readonly stepSize: string;
  readonly referenceOptima: ReferenceOptima;
  readonly runs: readonly { readonly key: ScheduleKey; readonly result: EnsembleResult }[];
  /** The part of the plane shown. */
  readonly window: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  readonly contours: readonly ContourLine[];
  /** Minimisers of F_λ for λ from 0 to 1: the Pareto-optimal points. */
  readonly paretoSet: readonly (readonly number[])[];
}

export const landscape: Experiment<Landscape> = {
  name: 'landscape',
  takesProblem: true,
  unavailable: ({ given }) =>
    given === undefined || given.problem.dimension === 2
      ? undefined
      : `the plane is drawn of problems on R^2, not on R^${given.problem.dimension}`,
  async run(context) {
    const { problem, firstStep, subject } = await chosenProblem(context, {
      make: () =>
        logLinearPair(context.seed, {
          dimension: 2,
          candidates: 5,
          examples: 100,
          conflict: 0.5,
          start: [-3, -1.5],
        }),
      description: 'log-linear pair in the plane',
      firstStep: 0.25,
    });
    const [lambda, steps, batch, stepSize] = [0.5, 1500, 32, `linear:${firstStep}`];
    const record = evenlySpaced(0, 1, 101).map((part) => Math.round(steps * part ** 2));
    const settings = { lambda, steps, batch, values: 'full', stepSize, seeds: 1, path: true } as const;
    const members = comparedKeys.map((key) => ({ ...compared[key], ...settings, record: [...new Set(record)] }));
    const { results, marks } = await together({
      results: ensembles(context, problem, members),
      marks: referenceOptima(context, problem, lambda),
    });
    const runs = comparedKeys.map((key, i) => ({ key, result: results[i] }));
    const points = [
      ...runs.flatMap(({ result }) => result.path),
      ...[marks.dpo, marks.sft, marks.weightedSum, marks.chebyshev].map(({ point }) => point),
    ];
    const window = { x: padded(points.map(([x]) => x)), y: padded(points.map(([, y]) => y)) };
    const { dpo, sft } = problem.objectives;
    const levels = Array.from({ length: 8 }, (_, k) => 0.02 * 2.5 ** k);
    const { ideal, weightedSum } = marks.optima;
    const size = context.quick ? 61 : 121;
    const lines = (of: ContourLine['of'], gap: (theta: Float64Array) => number): ContourLine[] =>
      contourLines(window, size, levels, gap).map((line) => ({ of, ...line }));
    const weights = evenlySpaced(0, 1, 41);
    const paretoSet = paretoFront(problem, weights).map(({ minimizer }) => Array.from(minimizer));
    return {
      subject,
      paretoSet,
      lambda,
      steps,
      batch,
      stepSize,
      referenceOptima: marks,
      runs,
      window,
      contours: [
        ...lines('dpo', (theta) => dpo.value(theta) - ideal.dpo),
        ...lines('sft', (theta) => sft.value(theta) - ideal.sft),
        ...lines('weightedSum', (theta) => lambda * dpo.value(theta) + (1 - lambda) * sft.value(theta) - weightedSum),
      ],
    };
  },
};

function padded(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.12 * (high - low);
  return [low - margin, high + margin];
}

/** The level lines of a function on a square grid over the window, open where they leave it. */
function contourLines(
  { x, y }: Landscape['window'],
  size: number,
  levels: readonly number[],
  gap: (theta: Float64Array) => number,
): Omit<ContourLine, 'of'>[] {
  const [xs, ys] = [evenlySpaced(x[0], x[1], size), evenlySpaced(y[0], y[1], size)];
  const values = ys.flatMap((row) => xs.map((column) => gap(Float64Array.of(column, row))));
  const shapes = contours()
    .size([size, size])
    .thresholds([...levels])(values);
  // d3-contour puts the grid's first value at 0.5 and closes lines along the border, 0.5 further out.
  const toPlane = ([column, row]: readonly number[]): [number, number] => [
    x[0] + ((column - 0.5) / (size - 1)) * (x[1] - x[0]),
    y[0] + ((row - 0.5) / (size - 1)) * (y[1] - y[0]),
  ];
  const onBorder = ([column, row]: readonly number[]): boolean =>
    Math.min(column, row) < 0.5 || Math.max(column, row) > size - 0.5;
  return shapes.flatMap(({ value, coordinates }) =>
    coordinates
      .flat()
      .flatMap((ring) => splitAt(ring, onBorder))
      .map((part) => ({ gap: value, points: part.map(toPlane) })),
  );
}

/** The stretches of a ring between the points that are left out; the ring itself where none is. */
function splitAt(ring: readonly number[][], leftOut: (point: readonly number[]) => boolean): number[][][] {
  const first = ring.findIndex(leftOut);
  if (first < 0) return [[...ring]];
  const parts: number[][][] = [[]];
  for (const point of [...ring.slice(first, -1), ...ring.slice(0, first)]) {
    if (leftOut(point)) parts.push([]);
    else parts[parts.length - 1].push(point);
  }
  return parts.filter((part) => part.length > 1);
}
