import { compared } from '../../experiments/compared.js';
import { InputError } from '../../src/base/input-error.js';
import { valuesAt } from '../../src/convex/optimum/weighted-sum.js';
import { checkConverged } from '../../src/convex/simulate/converged.js';
import { ensembleMeasures, measuresOf } from '../../src/convex/simulate/measures.js';
import { certifiedOptima } from '../../src/convex/simulate/optima.js';
import { stepSizes } from '../../src/schedule/step-size.js';
import { arenaProblem, needsReference, runInArena, type Member } from '../../src/convex/simulate/trajectories.js';
import { schedules } from '../../src/schedule/index.js';
import { paper, type ScheduleKey } from '../../src/schedule/key.js';
import type { Job, Sweep, SweepPoint } from './protocol.js';
import { stagesOf } from './state.js';
import { problemOf, type PosedProblem } from './subject.js';

/** How many of a job's seeds a sweep runs. */
const sweptSeeds = 8;

/** The settings that are swept, in the units of their sliders: the share of stage one, T, and the conflict of log-linear pairs. */
export const sweptValues: Readonly<Record<Sweep['name'], readonly number[]>> = {
  share: Array.from({ length: 21 }, (_, i) => i / 20),
  steps: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
  conflict: Array.from({ length: 17 }, (_, i) => i / 8 - 1),
};

/** Runs by the readable reference, where there is no kernel, take long: their sweep ends sooner. */
const longestByReference = 5000;

/**
 * What the gap becomes as one setting of a job moves and the others stay: Sequential's over the share of stage one,
 * Sequential's and ALRIGHT's over T, and Sequential's limit Δ over the conflict. The caller may stop between two values.
 */
export async function* sweeps(posed: PosedProblem, job: Job): AsyncGenerator<Sweep | undefined> {
  const isShown = (key: ScheduleKey): boolean => job.schedules.includes(key);
  const sequential = isShown(paper.dpoThenSft) && !isShown(paper.sftThenDpo) ? paper.dpoThenSft : paper.sftThenDpo;
  const isSlow = needsReference(arenaProblem(posed.problem.data), []);
  for (const name of ['share', 'steps', 'conflict'] as const) {
    const points: SweepPoint[] = [];
    for (const value of sweptValues[name]) {
      const gaps = await gapsAt(name, value);
      if (gaps !== undefined) points.push({ value, gaps });
      yield undefined;
    }
    if (points.length > 0) yield { name, points, seeds: Math.min(job.seeds, sweptSeeds) };
  }

  async function gapsAt(name: Sweep['name'], value: number): Promise<SweepPoint['gaps'] | undefined> {
    const { steps, source } = job;
    switch (name) {
      case 'share': {
        if (isSlow && steps > longestByReference) return undefined;
        return { [sequential]: finalGap(posed, job, sequential, steps, value) };
      }
      case 'steps': {
        if (isSlow && value > longestByReference) return undefined;
        const firstStage = job.split[0] / steps;
        const keys = [sequential, paper.alright].filter((key) => key === sequential || isShown(key));
        return Object.fromEntries(keys.map((key) => [key, finalGap(posed, job, key, value, firstStage)]));
      }
      case 'conflict': {
        if (source.kind !== 'log-linear') return undefined;
        return { [paper.sftThenDpo]: await limitAt({ ...source, options: { ...source.options, conflict: value } }) };
      }
    }
  }

  async function limitAt(source: Job['source']): Promise<number> {
    const { problem } = await problemOf(source);
    return orNothing(() => {
      const optima = certifiedOptima(problem, job.lambda);
      return Math.max(0, measuresOf(valuesAt(problem, optima.ideal.dpo.minimizer), optima.values).gap);
    });
  }
}

/** The mean gap of the last point over the first seeds, as the table has it over all; NaN where a run diverges. */
export function finalGap(
  { problem, optima }: PosedProblem,
  job: Job,
  key: ScheduleKey,
  steps: number,
  firstStage: number,
): number {
  const { lambda, period, batch, seed, seeds } = job;
  const { schedule, ...own } = compared[key];
  const member: Member = {
    schedule: schedules[schedule],
    settings: {
      schedule: { lambda, steps, split: stagesOf({ steps, firstStage }), period, ideal: optima.values.ideal, ...own },
      stepSizes: stepSizes(job.stepSize, steps),
      batch,
      values: 'minibatch',
      gradientBatch: 'shared',
      record: [steps],
      recordPoints: false,
    },
  };
  return orNothing(() => {
    const runs = Array.from({ length: Math.min(seeds, sweptSeeds) }, (_, i) => {
      const [[trajectory]] = runInArena(arenaProblem(problem.data), problem, [member], [seed + i]);
      checkConverged(trajectory, member.settings, seed + i);
      return trajectory;
    });
    return ensembleMeasures(runs, 0, optima.values).gap.mean;
  });
}

/** What a computation comes to; NaN where its input is refused, as where a run diverges. */
function orNothing(compute: () => number): number {
  try {
    return compute();
  } catch (error) {
    if (error instanceof InputError) return NaN;
    throw error;
  }
}
