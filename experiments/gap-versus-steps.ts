import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { referenceOptima, type ReferenceOptima } from '../src/experiment/reference-optima.js';
import { logSpaced } from '../src/experiment/spacing.js';
import { stepSizes } from '../src/schedule/step-size.js';
import type { Problem } from '../src/convex/problem/problem.js';
import { runBounds } from '../src/theory/run-bounds.js';
import { problemSubject } from '../src/theory/subject.js';
import { together } from '../src/experiment/together.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { chosenProblem, type ProblemDescription } from './given-problem.js';
import { quadraticPair } from './problems.js';

/** Every schedule at many horizons T, each with the constant step α0/√T of its own T. */
export interface GapVersusSteps {
  readonly subject: ProblemDescription;
  readonly lambda: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly referenceOptima: ReferenceOptima;
  /** What statements say of the runs of a schedule, over T. */
  readonly bounds: readonly StepBound[];
  readonly runs: readonly { readonly key: ScheduleKey; readonly steps: number; readonly result: EnsembleResult }[];
}

/** A bound of a statement on a measure after T steps. */
export interface StepBound {
  readonly key: ScheduleKey;
  readonly id: string;
  readonly measure: 'gap' | 'averageMaxGap';
  readonly points: readonly { readonly steps: number; readonly value: number }[];
}

/** The measure of each schedule that is shown with its bound. */
const bounded: readonly { readonly key: ScheduleKey; readonly measure: StepBound['measure'] }[] = [
  { key: paper.mix, measure: 'gap' },
  { key: paper.alright, measure: 'gap' },
  { key: paper.maxright, measure: 'averageMaxGap' },
];

/** The least upper bound on each such measure, of the statement that gives it at the last T. */
function boundsOn(problem: Problem, lambda: number, rule: string, horizons: readonly number[]): StepBound[] {
  const subject = problemSubject('problem', problem, lambda);
  return bounded.flatMap(({ key, measure }) => {
    const found = horizons.map((steps) =>
      runBounds(subject, { ...compared[key], stepSizes: stepSizes(rule, steps) }).flatMap((bound) => {
        if ('reason' in bound || bound.measure !== measure || bound.theorem.kind === 'lower') return [];
        const value = bound.after(steps);
        return Number.isFinite(value) ? [{ id: bound.theorem.id, steps, value }] : [];
      }),
    );
    const last = found[found.length - 1];
    if (last.length === 0) return [];
    const { id } = last.reduce((least, bound) => (bound.value < least.value ? bound : least));
    return [{ key, id, measure, points: found.flat().filter((bound) => bound.id === id) }];
  });
}

export const gapVersusSteps: Experiment<GapVersusSteps> = {
  name: 'gap-versus-steps',
  takesProblem: true,
  async run(context) {
    const { problem, firstStep, subject } = await chosenProblem(context, {
      // On a ball, so that gradients are bounded and statements speak of the last point.
      make: () => quadraticPair(context.seed, { radius: 4 }),
      description: 'quadratic pair on a ball of R^10',
      firstStep: 1,
    });
    const [lambda, stepSize] = [0.3, `${firstStep}/sqrt(T)`];
    const seeds = context.quick ? 10 : 16;
    const horizons = context.quick || subject.given ? logSpaced(10, 1e4, 2) : logSpaced(10, 1e5, 2);
    const cases = comparedKeys.flatMap((key) => horizons.map((steps) => ({ key, steps })));
    const members = cases.map(({ key, steps }) => ({ ...compared[key], lambda, steps, stepSize, seeds }));
    const found = await together({
      referenceOptima: referenceOptima(context, problem, lambda),
      results: ensembles(context, problem, members),
    });
    const runs = cases.map((each, i) => ({ ...each, result: found.results[i] }));
    const bounds = boundsOn(problem, lambda, stepSize, horizons);
    return { subject, bounds, lambda, stepSize, seeds, referenceOptima: found.referenceOptima, runs };
  },
};
