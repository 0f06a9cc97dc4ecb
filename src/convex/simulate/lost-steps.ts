import { shortNumber } from '../../base/text.js';
import type { ObjectiveName, Schedule } from '../../schedule/schedule.js';
import { gramOf, possibleOutcomes, weightsOf } from '../../schedule/step.js';
import type { Problem } from '../problem/problem.js';
import type { CertifiedOptima } from './optima.js';
import type { RunSettings, Trajectory } from './trajectory.js';

/** A coordinate's step counts as lost where rounding takes more than this share of it. */
const lostShare = 0.01;
/** Lost steps matter where they stand for more than this share of the gap, ... */
const gapShare = 0.01;
/** ... for more than this share of the values that are printed, and for more than this in all, or this share of the way. */
const [valueShare, least] = [1e-9, 1e-15];

/** A run whose steps may be too small for the numbers that it has come to. */
export interface LostStepsOptions {
  readonly problem: Problem;
  readonly schedule: Schedule;
  readonly settings: Pick<RunSettings, 'schedule' | 'stepSizes'>;
  readonly optima: CertifiedOptima;
}

/**
 * Whether the last steps of a run may be lost in rounding, by where it began, where the optima lie and how far it came:
 * only then is its last point needed.
 * @param values f_DPO and f_SFT at the end
 */
export function mayLoseSteps(
  { problem, settings: { stepSizes }, optima }: LostStepsOptions,
  values: Readonly<Record<ObjectiveName, number>>,
): boolean {
  const { start, dimension } = problem;
  const { weightedSum, ideal } = optima;
  const minimizers = [weightedSum.minimizer, ideal.dpo.minimizer, ideal.sft.minimizer];
  const size = Math.max(...[start, ...minimizers].flatMap((point) => Array.from(point, Math.abs)));
  const distance = 10 * Math.max(...minimizers.map((point) => Math.hypot(...point.map((x, i) => x - start[i]))));
  const gaps = [values.dpo - ideal.dpo.value, values.sft - ideal.sft.value];
  const last = stepSizes[stepSizes.length - 1] ?? 0;
  // f − f* ≤ ⟨∇f, θ − θ*⟩, of which a coordinate that matters has its share.
  const smallest = (gapShare * Math.min(...gaps)) / (dimension * distance);
  return !(lostShare * last * smallest > 10 * spacing(size));
}

/**
 * A line for a step at which rounding takes what the run should move by, though it is not at its goal: of the first step,
 * and of the last where its point is given. Rounding takes at most half the distance between neighbouring numbers.
 */
export function lostStepWarnings(options: LostStepsOptions, last?: Float64Array): string[] {
  const { problem, schedule, settings } = options;
  const { steps } = settings.schedule;
  const state = schedule.init(settings.schedule);
  const at = (step: number, theta: Float64Array): string[] => {
    const gradients = { dpo: new Float64Array(theta.length), sft: new Float64Array(theta.length) };
    for (const name of ['dpo', 'sft'] as const) problem.objectives[name].gradient(theta, gradients[name]);
    return directions(schedule, state, step, gradients, settings.schedule.lambda)
      .map((goal) => lostStep(options, step, theta, goal, gradients))
      .filter((line) => line !== undefined);
  };
  const found = [...at(1, problem.start), ...(last === undefined ? [] : at(steps, last))];
  // One of them says what there is to say.
  return found.slice(0, 1);
}

/** The last point of a run, where its points are recorded. */
export function lastPoint({ points }: Trajectory, dimension: number): Float64Array | undefined {
  return points.length === 0 ? undefined : points.subarray(points.length - dimension);
}

type Goal = ObjectiveName | 'weightedSum';
type Gradients = Readonly<Record<ObjectiveName, Float64Array>>;

/** What a step may go down: an objective, or F_λ; none where its direction goes down neither of them, as MGDA's. */
function directions(
  schedule: Schedule,
  state: unknown,
  step: number,
  gradients: Gradients,
  lambda: number,
): readonly Goal[] {
  // Its choice depends on values; whichever it is, it is one of these.
  if (schedule.observe !== undefined) return ['dpo', 'sft'];
  return possibleOutcomes(schedule, state, step).flatMap(({ choice }): Goal[] => {
    const { dpo, sft } = weightsOf(choice, () => gramOf(gradients.dpo, gradients.sft));
    if (sft === 0) return ['dpo'];
    if (dpo === 0) return ['sft'];
    return dpo === lambda && sft === 1 - lambda ? ['weightedSum'] : [];
  });
}

function lostStep(
  { problem, settings, optima }: LostStepsOptions,
  step: number,
  theta: Float64Array,
  goal: Goal,
  { dpo, sft }: Gradients,
): string | undefined {
  const { objectives } = problem;
  const { lambda } = settings.schedule;
  const { minimizer, value: minimum, certificate } = goal === 'weightedSum' ? optima.weightedSum : optima.ideal[goal];
  const weights = { dpo: { dpo: 1, sft: 0 }, sft: { dpo: 0, sft: 1 }, weightedSum: { dpo: lambda, sft: 1 - lambda } };
  const { [goal]: weight } = weights;
  const valuesAt = (point: Float64Array): [number, number] => [
    objectives.dpo.value(point),
    objectives.sft.value(point),
  ];
  const weighted = ([f, g]: readonly [number, number]): number => weight.dpo * f + weight.sft * g;
  const values = valuesAt(theta);
  const value = weighted(values);
  const gap = value - minimum;
  const way = weighted(valuesAt(problem.start)) - minimum;
  const stepSize = settings.stepSizes[step - 1] ?? 0;
  // Of the value, and of what it is at the next point that there is.
  let rounding = 64 * Number.EPSILON * Math.max(Math.abs(value), Math.abs(minimum));
  let [lost, lostPart, apart, worst] = [0, 0, 0, 0];
  for (let i = 0; i < theta.length; i++) {
    const slope = weight.dpo * dpo[i] + weight.sft * sft[i];
    const intended = stepSize * slope;
    rounding += spacing(theta[i]) * Math.abs(slope);
    const moved = theta[i] - (theta[i] - intended);
    if (!(Math.abs(moved - intended) > lostShare * Math.abs(intended))) continue;
    lost++;
    lostPart += Math.abs(slope * (theta[i] - minimizer[i]));
    if (spacing(theta[i]) < apart) continue;
    [apart, worst] = [spacing(theta[i]), theta[i]];
  }
  const matters = Math.max(
    ...[certificate + rounding, gapShare * gap, Math.min(least, valueShare * way)],
    ...values.map((one) => valueShare * Math.abs(one)),
  );
  if (!(lostPart > matters)) return undefined;
  const name = { dpo: 'f_DPO', sft: 'f_SFT', weightedSum: 'F_λ' }[goal];
  const where = `${lost} of ${theta.length} ${theta.length === 1 ? 'coordinate' : 'coordinates'} of θ`;
  const numbers = `numbers near ${shortNumber(worst)} lie ${shortNumber(apart)} apart`;
  return `step ${step} on ${name} is lost in rounding, wholly or by more than 1 %, in ${where}: ${numbers}`;
}

/** The distance between a number and the next larger one in size. */
function spacing(value: number): number {
  return Math.max(2 ** (Math.floor(Math.log2(Math.abs(value))) - 52), Number.MIN_VALUE);
}
