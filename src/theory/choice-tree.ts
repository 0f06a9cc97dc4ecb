import { adaptiveSteps } from '../schedule/step-size.js';
import { schedules } from '../schedule/index.js';
import { gradientsOf, informed, possibleOutcomes, takeChoice } from '../schedule/step.js';
import type { MeasuredRunOptions, RunValues } from './measured-run.js';
import { idealValues, type Subject } from './subject.js';

/** One way a run can go. */
export interface Branch {
  readonly probability: number;
  readonly values: RunValues;
}

/** The largest number of ways to go that are walked. */
const most = 2 ** 12;

/**
 * Every way a schedule can go on a pair whose gradients and values are exact, with its probability over the schedule's
 * own draws, so that an expectation over the branches has no sampling error. The points are those of `runTrajectory`.
 */
export function choiceTree(subject: Subject, options: MeasuredRunOptions): Branch[] {
  const { pair, lambda } = subject;
  const { stepSizes, settings = {}, record = [stepSizes.length] } = options;
  const steps = stepSizes.length;
  const schedule = schedules[options.schedule];
  const { dimension, radius, objectives } = pair;
  const valuesAt = (theta: Float64Array): number[] => [objectives.dpo.value(theta), objectives.sft.value(theta)];
  const branches: Branch[] = [];

  const initial = schedule.init({ lambda, steps, ideal: idealValues(subject), ...settings });
  const averagedOver = schedule.averagedOver?.(initial);
  walk(initial, [Float64Array.from(pair.start)], 1, { squares: 0, averaged: [] });
  return branches;

  /** @param before of the steps before: Σ‖g‖², and whether the point of each counts in the average */
  function walk(
    state: unknown,
    points: readonly Float64Array[],
    probability: number,
    before: { readonly squares: number; readonly averaged: readonly boolean[] },
  ): void {
    const step = points.length;
    if (step > steps) {
      const averageAt = (s: number): Float64Array => {
        const counted = points.slice(0, s).filter((_, t) => before.averaged[t]);
        return points[s].map((here, i) =>
          counted.length === 0 ? here : counted.reduce((sum, point) => sum + point[i], 0) / counted.length,
        );
      };
      const values = Float64Array.from(record.flatMap((s) => valuesAt(points[s])));
      const averageValues = Float64Array.from(record.flatMap((s) => valuesAt(averageAt(s))));
      branches.push({ probability, values: { values, averageValues } });
      if (branches.length > most) throw new RangeError(`a tree of choices with more than ${most} branches`);
      return;
    }
    const theta = points[step - 1];
    const told = informed(schedule, state, step, (name) => objectives[name].value(theta));
    for (const { choice, probability: share } of possibleOutcomes(schedule, told, step)) {
      const next = theta.slice();
      let sum = before.squares;
      const after = takeChoice(schedule, told, choice, {
        theta: next,
        stepSize:
          options.adaptive === true
            ? (squaredLength) => {
                sum += squaredLength;
                return adaptiveSteps(radius, before.squares)(squaredLength);
              }
            : stepSizes[step - 1],
        gradient: (name, into) => objectives[name].gradient(theta, into),
        gradients: { dpo: new Float64Array(dimension), sft: new Float64Array(dimension) },
      });
      const norm = Math.hypot(...next);
      if (norm > radius) for (let i = 0; i < dimension; i++) next[i] *= radius / norm;
      const counts = averagedOver === undefined || gradientsOf(choice).includes(averagedOver);
      walk(after, [...points, next], probability * share, { squares: sum, averaged: [...before.averaged, counts] });
    }
  }
}
