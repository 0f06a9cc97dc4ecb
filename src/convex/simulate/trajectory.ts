import type { Objective, ObjectivePair, Sampler } from '../problem/problem.js';
import { stream } from '../../base/random-stream.js';
import { adaptiveSteps } from '../../schedule/step-size.js';
import type { Choice, ObjectiveName, Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { drawnChoice, gradientsOf, informed, takeChoice } from '../../schedule/step.js';

/** How a run goes, apart from its seed. */
export interface RunSettings {
  /** The schedule's settings: λ, the steps T, the ideal point, and its own. */
  readonly schedule: ScheduleSettings;
  /** α_1 … α_T. */
  readonly stepSizes: Float64Array;
  /** Whether steps adapt to the gradients met instead (`adaptiveSteps`): on a ball alone. */
  readonly adaptive?: boolean;
  /** Examples in a minibatch, or draws averaged in a noisy gradient. */
  readonly batch: number;
  /** What a schedule observes on a log-linear pair: the minibatch's loss or the full one. */
  readonly values: 'minibatch' | 'full';
  /** Whether MAXRIGHT's gradient is taken on the minibatch that it chose by (as published) or on a fresh one. */
  readonly gradientBatch: 'shared' | 'fresh';
  /** Standard deviation of the noise on observed values; the problem's own where absent. */
  readonly valueNoise?: number;
  /** The steps, ascending in 0 … T, after which the objectives are recorded. */
  readonly record: readonly number[];
  /** Whether to record the points θ too. */
  readonly recordPoints?: boolean;
}

/** What one run leaves behind. */
export interface Trajectory {
  /** f_DPO and f_SFT at θ_s for every recorded step s, alternating. */
  readonly values: Float64Array;
  /**
   * f_DPO and f_SFT at the average of θ_0 … θ_{s−1} for every recorded step s, alternating; of those at which the step was
   * on one objective, where the schedule says so. With no such point it is θ_s.
   */
  readonly averageValues: Float64Array;
  /** θ_s for every recorded step s, one after the other; empty unless asked for. */
  readonly points: Float64Array;
  /** Objective gradients computed. */
  readonly gradients: number;
  /** Losses computed beyond those that come with a gradient. */
  readonly evaluations: number;
  /** The step at which the iterates left every bound, or 0. */
  readonly divergedAt: number;
  /** Where an objective had no finite gradient, which ended the run at step `divergedAt`. */
  readonly undefinedGradient?: UndefinedGradient;
}

/** A point of a run at which an objective has no finite gradient. */
export interface UndefinedGradient {
  readonly objective: ObjectiveName;
  readonly theta: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * One run of a schedule on a problem: θ_0 is the start, T projected stochastic gradient steps follow.
 *
 * Samples come from the streams "dpo-sample" and "sft-sample" of the seed, one draw of each at every step whatever the
 * schedule does, so that schedules compared on one problem share their samples step by step; coins come from "choice".
 * This is the readable definition of a run.
 * @param onChoice told what each step works on
 */
export function runTrajectory(
  problem: ObjectivePair,
  schedule: Schedule,
  settings: RunSettings,
  seed: number,
  onChoice?: (step: number, choice: Choice) => void,
): Trajectory {
  const { dimension, objectives, radius } = problem;
  const { stepSizes, record, batch } = settings;
  const { steps } = settings.schedule;
  const observers = { dpo: observer('dpo'), sft: observer('sft') };
  const { uniform } = stream(seed, 'choice');
  const theta = Float64Array.from(problem.start);
  const sum = new Float64Array(dimension);
  const [average, before] = [theta.slice(), theta.slice()];
  const vectors = { dpo: theta.slice(), sft: theta.slice() };
  const gradient = (objective: ObjectiveName, into: Float64Array): number => observers[objective].step(theta, into);
  const values = new Float64Array(2 * record.length);
  const averageValues = new Float64Array(2 * record.length);
  const points = new Float64Array(settings.recordPoints === true ? dimension * record.length : 0);
  const farAway = farFrom(theta);

  const adapted = settings.adaptive === true ? adaptiveSteps(radius) : undefined;

  let state = schedule.init(settings.schedule);
  const averagedOver = schedule.averagedOver?.(state);
  let averaged = 0;
  let [gradients, evaluations, divergedAt, recorded] = [0, 0, 0, 0];
  let undefinedGradient: UndefinedGradient | undefined;
  recordIfDue(0);
  for (let t = 1; t <= steps && divergedAt === 0; t++) {
    observers.dpo.draw();
    observers.sft.draw();
    state = informed(schedule, state, t, (objective) => {
      evaluations++;
      return observers[objective].evaluate(theta);
    });
    const choice = drawnChoice(schedule, state, t, uniform);
    onChoice?.(t, choice);
    if (averagedOver === undefined || gradientsOf(choice).includes(averagedOver)) {
      averaged++;
      for (let i = 0; i < dimension; i++) sum[i] += theta[i];
    }
    before.set(theta);
    state = takeChoice(schedule, state, choice, {
      theta,
      stepSize: adapted ?? stepSizes[t - 1],
      gradient,
      gradients: vectors,
    });
    gradients += gradientsOf(choice).length;
    let squares = 0;
    for (let i = 0; i < dimension; i++) squares += theta[i] * theta[i];
    const norm = Math.sqrt(squares);
    if (!(norm < Infinity)) {
      divergedAt = t;
      undefinedGradient = gradientsOf(choice)
        .map((objective) => withoutGradient(objective, vectors[objective]))
        .find((found) => found !== undefined);
    } else if (norm > radius) for (let i = 0; i < dimension; i++) theta[i] *= radius / norm;
    else if (norm > farAway) divergedAt = t;
    recordIfDue(t);
  }
  evaluations += observers.dpo.extraEvaluations() + observers.sft.extraEvaluations();
  const ended = { values, averageValues, points, gradients, evaluations, divergedAt };
  return undefinedGradient === undefined ? ended : { ...ended, undefinedGradient };

  /** The gradient of an objective before the step that just failed, if that is why. */
  function withoutGradient(objective: ObjectiveName, found: Float64Array): UndefinedGradient | undefined {
    return found.every(Number.isFinite) ? undefined : { objective, theta: before, gradient: found };
  }

  function recordIfDue(step: number): void {
    if (recorded >= record.length || record[recorded] !== step) return;
    for (let i = 0; i < dimension; i++) average[i] = averaged === 0 ? theta[i] : sum[i] / averaged;
    values[2 * recorded] = objectives.dpo.value(theta);
    values[2 * recorded + 1] = objectives.sft.value(theta);
    averageValues[2 * recorded] = objectives.dpo.value(average);
    averageValues[2 * recorded + 1] = objectives.sft.value(average);
    if (points.length > 0) points.set(theta, recorded * dimension);
    recorded++;
  }

  function observer(name: ObjectiveName): Observer {
    const objective = objectives[name];
    const sampler = objective.sampler(stream(seed, `${name}-sample`), batch);
    const evaluated =
      settings.gradientBatch === 'fresh' ? objective.sampler(stream(seed, `${name}-evaluation`), batch) : sampler;
    return objectiveObserver(objective, sampler, evaluated, settings, seed, name);
  }
}

/**
 * The norm beyond which a run on R^d has diverged: so large that no optimum is there, and its square is still a number.
 * A minimiser that is 1e13 from the start is reached.
 */
export function farFrom(start: Float64Array): number {
  return Math.min(1e150, 1e100 * Math.max(1, Math.hypot(...start)));
}

/** One objective as a run meets it: its samples, and the values a schedule is told. */
interface Observer {
  /** Draws the samples of the next step. */
  draw(): void;
  /** The value told before the choice. */
  evaluate(theta: Float64Array): number;
  /** Writes the stochastic gradient of the step and returns the value told after it. */
  step(theta: Float64Array, gradient: Float64Array): number;
  /** Full losses computed only to be told after a step. */
  extraEvaluations(): number;
}

function objectiveObserver(
  objective: Objective,
  sampler: Sampler,
  evaluated: Sampler,
  settings: RunSettings,
  seed: number,
  name: ObjectiveName,
): Observer {
  const full = settings.values === 'full' && !objective.exactValues;
  const deviation = settings.valueNoise ?? objective.valueNoise;
  const noise = stream(seed, `${name}-value-noise`);
  const noisy = (value: number): number => (deviation === 0 ? value : value + deviation * noise.normal());
  /** The value told before the choice at this step, which the step's own loss repeats on a shared batch. */
  let told: number | undefined;
  let extra = 0;
  return {
    draw() {
      told = undefined;
      sampler.draw();
      if (evaluated !== sampler) evaluated.draw();
    },
    evaluate(theta) {
      told = noisy(full ? objective.value(theta) : evaluated.value(theta));
      return told;
    },
    step(theta, gradient) {
      const loss = sampler.gradient(theta, gradient);
      if (told !== undefined && (full || evaluated === sampler)) return told;
      if (full) extra++;
      return noisy(full ? objective.value(theta) : loss);
    },
    extraEvaluations: () => extra,
  };
}
