import { schedules } from '../schedule/index.js';
import { gradientWeights, type ObjectiveName } from '../schedule/schedule.js';
import type { RunValues, RunOptions } from './measured-run.js';
import { idealValues, type Subject } from './subject.js';

/** One way a run can go. */
export interface Branch {
  readonly probability: number;
  readonly values: RunValues;
}

/** The largest number of steps whose tree of choices is walked. */
const longest = 12;

/**
 * Every way a schedule can go on a pair whose gradients and values are exact, with its probability over the schedule's
 * own draws, so that an expectation over the branches has no sampling error. The points are those of `runTrajectory`.
 * A schedule that draws is ALRIGHT's kind: it chooses one objective below λ and the other above.
 */
export function choiceTree(subject: Subject, options: RunOptions): Branch[] {
  const { pair, lambda } = subject;
  const { stepSizes, settings = {}, record = [stepSizes.length] } = options;
  const steps = stepSizes.length;
  if (steps > longest) throw new RangeError(`a tree of ${steps} steps, more than ${longest}`);
  const schedule = schedules[options.schedule];
  const { dimension, radius, objectives } = pair;
  const valuesAt = (theta: Float64Array): number[] => [objectives.dpo.value(theta), objectives.sft.value(theta)];
  const branches: Branch[] = [];

  walk(schedule.init({ lambda, steps, ideal: idealValues(subject), ...settings }), [Float64Array.from(pair.start)], 1);
  return branches;

  function walk(state: unknown, points: readonly Float64Array[], probability: number): void {
    const step = points.length;
    if (step > steps) {
      const averageAt = (s: number): Float64Array =>
        points[0].map((start, i) =>
          s === 0 ? start : points.slice(0, s).reduce((sum, point) => sum + point[i], 0) / s,
        );
      const values = Float64Array.from(record.flatMap((s) => valuesAt(points[s])));
      const averageValues = Float64Array.from(record.flatMap((s) => valuesAt(averageAt(s))));
      branches.push({ probability, values: { values, averageValues } });
      return;
    }
    const theta = points[step - 1];
    let told = state;
    for (const name of schedule.evaluates(told, step))
      told = schedule.observe(told, name, objectives[name].value(theta));
    const [low, high] = [schedule.choose(told, step, () => 0), schedule.choose(told, step, () => 1 - 2 ** -53)];
    const outcomes =
      low === high
        ? [{ choice: low, share: 1 }]
        : [
            { choice: low, share: lambda },
            { choice: high, share: 1 - lambda },
          ];
    for (const { choice, share } of outcomes) {
      const weights = gradientWeights(choice, lambda);
      const next = theta.slice();
      const gradient = new Float64Array(dimension);
      let after = told;
      for (const name of ['dpo', 'sft'] satisfies ObjectiveName[]) {
        if (choice !== 'mix' && choice !== name) continue;
        after = schedule.observe(after, name, objectives[name].gradient(theta, gradient));
        for (let i = 0; i < dimension; i++) next[i] -= stepSizes[step - 1] * weights[name] * gradient[i];
      }
      const norm = Math.hypot(...next);
      if (norm > radius) for (let i = 0; i < dimension; i++) next[i] *= radius / norm;
      walk(after, [...points, next], probability * share);
    }
  }
}
