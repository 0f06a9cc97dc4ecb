import type { Problem } from '../convex/problem/problem.js';
import { certifiedOptima, type CertifiedOptima } from '../convex/simulate/optima.js';
import { stepSizes as stepSizesOf } from '../schedule/step-size.js';
import { InputError } from '../base/input-error.js';
import type { ObjectiveName, Order } from '../schedule/schedule.js';
import { checkedLambda, checkedSplit, checkedSteps } from '../schedule/settings.js';
import { isReason, limitFrom, type Limit, type NoLimit } from './limit.js';

/** What remedies are compared on. */
export interface SetupOptions {
  readonly lambda: number;
  readonly order?: Order;
  /** Updates of a run, of both stages together. */
  readonly steps?: number;
  /** Updates of each stage, in order; halves unless given. */
  readonly split?: readonly number[];
  /** A rule as `stepSizes` takes it. */
  readonly stepSize?: string;
  readonly batch?: number;
  /** e: what a budget lets pass above δ; 0 unless given. */
  readonly tolerance?: number;
  readonly seed?: number;
  readonly seeds?: number;
}

/** Post-training in two stages on a problem: λ, the order, the certified optima, and how runs go. */
export interface Setup {
  readonly problem: Problem;
  readonly lambda: number;
  readonly order: Order;
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The weights of the two stages' objectives in F_λ. */
  readonly weightOfFirst: number;
  readonly weightOfSecond: number;
  readonly optima: CertifiedOptima;
  /** Where a stage one that converges ends, started where the problem says: a certified minimiser of its objective. */
  readonly stageOne: Float64Array;
  /** Why another of the minimisers may be where it ends. */
  readonly stageOneUnknown?: NoLimit;
  /** Where a stage two that converges ends, started there. */
  readonly stageTwo: Limit | NoLimit;
  readonly steps: number;
  readonly split: readonly [number, number];
  readonly stepSizes: Float64Array;
  readonly batch: number;
  readonly tolerance: number;
  readonly seed: number;
  readonly seeds: number;
  /** What has been computed for more than one remedy. */
  readonly shared: Map<string, unknown>;
}

/** Below this 1/λ, or its square, is no number. */
const leastLambda = 1e-100;

/** The setup of a comparison; throws an InputError on an option out of range. */
export function setup(
  problem: Problem,
  {
    lambda,
    order = 'sft-dpo',
    steps = 1000,
    split,
    stepSize = '0.5/sqrt(T)',
    batch = 1,
    tolerance = 0,
    seed = 0,
    seeds = 20,
  }: SetupOptions,
): Setup {
  checkedLambda(lambda);
  if (lambda > 0 && lambda < leastLambda)
    throw new InputError('lambda', lambda, `0, or at least ${leastLambda}: weights of added terms go with 1/λ`);
  checkedSteps(steps);
  if (!(tolerance >= 0 && tolerance < Infinity)) throw new InputError('tolerance', tolerance, 'a number ≥ 0');
  if (!Number.isSafeInteger(seeds) || seeds < 1) throw new InputError('seeds', seeds, 'an integer ≥ 1');
  const stages = checkedSplit(split, steps);
  const stepSizes = stepSizesOf(stepSize, steps);
  const optima = certifiedOptima(problem, lambda);
  const { first, second } = namedStages(order);
  const ofStageOne = limitFrom(problem, first, problem.start, optima.ideal[first]);
  const stageOne = isReason(ofStageOne) ? optima.ideal[first].minimizer : ofStageOne.minimizer;
  return {
    ...{ problem, lambda, order, first, second },
    weightOfFirst: first === 'dpo' ? lambda : 1 - lambda,
    weightOfSecond: second === 'dpo' ? lambda : 1 - lambda,
    ...{ optima, stageOne, stageTwo: limitFrom(problem, second, stageOne, optima.ideal[second]) },
    ...(isReason(ofStageOne) && { stageOneUnknown: ofStageOne }),
    ...{ steps, split: stages, stepSizes, batch, tolerance, seed, seeds },
    shared: new Map(),
  };
}

/** The two stages of a setup: what a change of stage two needs to know. */
export type ProblemStages = Pick<Setup, 'problem' | 'order' | 'first' | 'second' | 'shared'>;

/** The two stages on a problem, in an order. */
export function stagesOnProblem(problem: Problem, order: Order): ProblemStages {
  return { problem, order, ...namedStages(order), shared: new Map() };
}

function namedStages(order: Order): Pick<Setup, 'first' | 'second'> {
  return order === 'sft-dpo' ? { first: 'sft', second: 'dpo' } : { first: 'dpo', second: 'sft' };
}

/** What a function computes of a setup, once. */
export function once<Value>({ shared }: Pick<Setup, 'shared'>, key: string, compute: () => Value): Value {
  if (!shared.has(key)) shared.set(key, compute());
  return shared.get(key) as Value;
}
