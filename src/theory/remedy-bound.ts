import { average } from '../remedy/average.js';
import type { BoundedBy } from '../remedy/row.js';
import { isReason, type Limit } from '../remedy/limit.js';
import type { Remedy } from '../remedy/remedy.js';
import { once, type Setup } from '../remedy/setup.js';
import { schedules } from '../schedule/index.js';
import { gradientOfWeightedSum, residualOf, termConstants } from './added-term.js';
import type { DescribedRun } from './described-run.js';
import { objectiveBounds } from './objective-bounds.js';
import { differenceOfHessians, quadraticStages } from './quadratic-move.js';
import { runBounds } from './run-bounds.js';
import { averageWeight } from './statement/average-weight.js';
import { limitTerm } from './statement/limit-term.js';
import { limitTermBall } from './statement/limit-term-ball.js';
import { subjectOfPair, type Subject } from './subject.js';

/**
 * What the statements say of a remedy: of the gap that its runs hand over, where one speaks of such runs, else of the gap of
 * its limit. Of several bounds the least; undefined where there is none.
 */
export function remedyBound(setup: Setup, remedy: Remedy, value: unknown, limit: Limit | null): BoundedBy | undefined {
  const ofRun = least(ofRuns(setup, remedy, value));
  return ofRun === undefined && limit !== null ? least(ofLimit(setup, remedy, value, limit)) : ofRun;
}

function ofRuns(setup: Setup, { kind, name, parameter }: Remedy, value: unknown): BoundedBy[] {
  if (kind !== 'schedule') return [];
  const { order, split, stepSizes, steps, tolerance } = setup;
  const run: DescribedRun = {
    ...{ schedule: name, stepSizes, order, split, tolerance },
    values: 'minibatch',
    gradientBatch: 'shared',
    ...(parameter === undefined ? {} : { [parameter.name]: value }),
  };
  const handedOver = schedules[name].averagedOver === undefined ? 'gap' : 'averageGap';
  return runBounds(subjectOfSetup(setup), run).flatMap((found): BoundedBy[] => {
    if ('reason' in found || found.measure !== handedOver) return [];
    const { theorem } = found;
    if (theorem.kind === 'lower' || theorem.kind === 'exact') return [];
    return [{ statement: theorem.id, of: 'run', value: found.after(steps) }];
  });
}

function ofLimit(setup: Setup, remedy: Remedy, value: unknown, { minimizer }: Limit): BoundedBy[] {
  const found: BoundedBy[] = [];
  if (remedy.name === average.name && value === setup.weightOfSecond) {
    const stages = quadraticStages(subjectOfSetup(setup));
    const own = isReason(stages) ? undefined : stages.find((each) => each.setup.order === setup.order);
    if (own !== undefined) {
      const bound = averageWeight.value(differenceOfHessians(own));
      found.push({ statement: averageWeight.id, of: 'limit', value: bound });
    }
  }
  const term = remedy.term?.(setup, value);
  const residual = term === undefined ? gradientOfWeightedSum(setup, minimizer) : residualOf(setup, term, minimizer);
  const constants = termConstants(setup, residual, minimizer);
  const { mu = 0, R = Infinity } = constants;
  if (mu > 0) found.push({ statement: limitTerm.id, of: 'limit', value: limitTerm.value(constants) });
  if (R < Infinity) found.push({ statement: limitTermBall.id, of: 'limit', value: limitTermBall.value(constants) });
  return found;
}

function least(bounds: readonly BoundedBy[]): BoundedBy | undefined {
  return bounds
    .filter(({ value }) => Number.isFinite(value))
    .reduce<BoundedBy | undefined>(
      (best, bound) => (best === undefined || bound.value < best.value ? bound : best),
      undefined,
    );
}

/** A setup as the statements take it. */
function subjectOfSetup(setup: Setup): Subject {
  return once(setup, 'subject', () => {
    const { problem, lambda, optima } = setup;
    const { ideal, weightedSum, chebyshev } = optima;
    const bounds = objectiveBounds(problem);
    return subjectOfPair({ name: 'setup', pair: problem, problem, lambda, ideal, weightedSum, chebyshev, bounds });
  });
}
