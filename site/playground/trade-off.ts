import { InputError } from '../../src/base/input-error.js';
import { chooseOnFront } from '../../src/convex/front/choose.js';
import { enclosedFront, type EnclosedFront } from '../../src/convex/front/enclosed-front.js';
import type { Problem } from '../../src/convex/problem/problem.js';
import { conflictRanges, forgettingKl, normalizedIdealDistance } from '../../src/convex/simulate/scale-free.js';
import { valuesAt } from '../../src/convex/optimum/weighted-sum.js';
import type { Chosen } from '../../src/remedy/row.js';
import { drawn } from '../../src/remedy/curve.js';
import { gapAt } from '../../src/remedy/judge.js';
import { remedies } from '../../src/remedy/index.js';
import { isReason, type Limit } from '../../src/remedy/limit.js';
import type { Remedy } from '../../src/remedy/remedy.js';
import { setup, type Setup } from '../../src/remedy/setup.js';
import type { WorkerAnswer, DrawnChoice, DrawnFront, DrawnLimit, DrawnRemedy, Job, Silence } from './protocol.js';
import { toPlane, type PosedProblem } from './subject.js';

/** How far the polygons may be apart, as `forgetting front` has it unless told. */
const frontError = 1e-3;

/** What the last jobs needed, for a next one that shares it. */
let lastFront: { problem: Problem; front: EnclosedFront | Silence } | undefined;
let lastSetup: { name: string; problem: Problem; setup: Setup; drawn: Map<string, DrawnRemedy> } | undefined;

/** Whether the front and the setup of a job are there from the one before, as where a budget alone has been moved. */
export function isSolved({ problem }: PosedProblem, job: Job): boolean {
  return lastFront?.problem === problem && lastSetup?.problem === problem && lastSetup.name === setupName(job);
}

/**
 * What is possible, and what remedies reach of it: the enclosed front, the point that a budget asks for, and the remedies'
 * limits with their curves. The caller may stop between two answers.
 */
export function* tradeOff(posed: PosedProblem, job: Job): Generator<WorkerAnswer | undefined> {
  const { id } = job;
  const { problem } = posed;
  if (lastFront?.problem !== problem)
    lastFront = { problem, front: silentOr(() => enclosedFront(problem, { error: frontError })) };
  const { front } = lastFront;
  yield { kind: 'front', id, front: isSilent(front) ? front : drawnFront(front) };
  yield { kind: 'choice', id, choice: isSilent(front) ? front : silentOr(() => choiceOf(posed, front, job)) };
  const { drawn: known, setup: compared } = setupOf(problem, job);
  for (const name of job.remedies) {
    if (known.has(name) || !Object.hasOwn(remedies, name)) continue;
    known.set(name, drawnRemedy(posed, compared, remedies[name]));
    yield undefined;
  }
  yield { kind: 'remedies', id, remedies: job.remedies.flatMap((name) => known.get(name) ?? []) };
}

/** Whether something is the reason why it is not there. */
export function isSilent(found: object): found is Silence {
  return 'reason' in found;
}

function silentOr<Found>(compute: () => Found): Found | Silence {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { reason: error.message };
  }
}

function drawnFront({ problem, inner, outer, error, supports, knee }: EnclosedFront): DrawnFront {
  const leastSft = supports[supports.length - 1].point.value;
  return {
    ...{ inner, outer, error, solves: supports.length, leastSft, kind: problem.data.kind },
    knee: knee && { lambda: knee.lambda, dpo: knee.dpo, sft: knee.sft },
    mostForgotten: inner[0][1] - leastSft,
  };
}

function choiceOf({ plane }: PosedProblem, front: EnclosedFront, { forgetAtMost: given }: Job): DrawnChoice {
  const { mostForgotten, leastSft } = drawnFront(front);
  const forgetAtMost = given ?? Number((0.1 * mostForgotten).toPrecision(2));
  const { choice } = chooseOnFront(front, { forgetAtMost });
  const { dpo, minimizer, lambda, exchangeRate } = choice;
  if (typeof dpo === 'number') throw new Error('a budget of SFT leaves f_DPO to be found');
  return { forgetAtMost, lambda, exchangeRate, dpo, sft: leastSft + forgetAtMost, point: toPlane(plane, minimizer) };
}

function setupName({ lambda, steps, split, stepSize, seed }: Job): string {
  return JSON.stringify([lambda, steps, split, stepSize, seed]);
}

function setupOf(problem: Problem, job: Job): { setup: Setup; drawn: Map<string, DrawnRemedy> } {
  const { lambda, steps, split, stepSize, seed } = job;
  const name = setupName(job);
  if (lastSetup?.problem !== problem || lastSetup.name !== name) {
    const found = setup(problem, { lambda, steps, split: [...split], stepSize, seed, seeds: 1 });
    lastSetup = { name, problem, setup: found, drawn: new Map() };
  }
  return lastSetup;
}

/** Under the parameter that theory says, or else the one that is taken by convention, or the best in hindsight. */
function drawnRemedy(posed: PosedProblem, on: Setup, remedy: Remedy): DrawnRemedy {
  const { name, parameter } = remedy;
  const without = (reason: string): DrawnRemedy => ({ name, chosen: 'theory', reason, curve: [] });
  const missing = remedy.missing?.(on);
  if (missing !== undefined) return without(missing);
  const found = silentOr((): DrawnRemedy => {
    const { value, chosen } = choose();
    if (isReason(value)) return without(value.reason);
    const curve = parameter === undefined ? [] : drawn(on, remedy, parameter).curve;
    const limit = remedy.limit(on, value);
    const end = isReason(limit) ? { reason: limit.reason } : { limit: limitOf(posed, on, limit) };
    return { name, ...(parameter !== undefined && { value }), chosen, curve, ...end };
  });
  return 'chosen' in found ? found : without(found.reason);

  function choose(): { value: unknown; chosen: Chosen } {
    const byTheory = parameter?.theory?.(on);
    if (parameter === undefined || byTheory !== undefined) return { value: byTheory, chosen: 'theory' };
    if (parameter.standard !== undefined) return { value: parameter.standard(on), chosen: 'given' };
    return { value: parameter.best?.(on), chosen: 'hindsight' };
  }
}

function limitOf({ problem, plane }: PosedProblem, on: Setup, { minimizer, certificate }: Limit): DrawnLimit {
  const values = valuesAt(problem, minimizer);
  const ranges = conflictRanges(on.optima);
  const kl = forgettingKl(problem, on.optima, [values.sft]);
  return {
    ...values,
    gap: gapAt(on, minimizer),
    certificate,
    point: toPlane(plane, minimizer),
    scaleFree: {
      ...(ranges !== undefined && {
        normalizedIdealDistance: normalizedIdealDistance(values, on.optima.values.ideal, ranges),
      }),
      ...(kl !== undefined && { forgettingKl: kl.mean }),
    },
  };
}
