import type { ObjectiveName, Schedule } from '../../schedule/schedule.js';
import { evaluatedBefore } from '../../schedule/step.js';
import { certifiedBound, type CertifiedBound } from '../../sdp/certified-bound.js';
import type { FunctionClass } from './function-class.js';
import type { PrimalDualPoint } from '../../sdp/primal-dual-point.js';
import type { Iterate } from './names.js';
import { lastNeededStep, maxrightPlan, measuredTimes, type Plan } from './plan.js';
import { estimationProgramme, type EstimationProgramme } from './programme.js';
import type { Stationarity } from './stationarity.js';
import { solveEstimation, type EstimationSolution } from './solve-estimation.js';

/** MAXRIGHT's question: everything its programmes are made from. */
export interface MaxrightQuestion {
  readonly schedule: Schedule;
  readonly initial: unknown;
  readonly lambda: number;
  readonly stepSizes: Float64Array;
  readonly iterate: Iterate;
  readonly functionClass: FunctionClass;
  readonly distance: number;
  readonly margin: number;
}

/** One way a run can go, as far as the programme must know it. */
export interface Pattern {
  /** What each needed step works on. */
  readonly choices: readonly ObjectiveName[];
  /** The objective with the larger weighted gap at each measured point. */
  readonly larger: readonly ObjectiveName[];
}

/** The largest worst case over all patterns, between a feasible point and a certified bound. */
export interface MaxrightWorstCase {
  readonly pattern: Pattern;
  /** The angle between the subgradients' weights at the comparator: sin φ g_DPO° + cos φ g_SFT° = 0. */
  readonly angle: number;
  readonly estimation: EstimationProgramme;
  readonly solution: EstimationSolution;
  /** No pattern's worst case exceeds this. */
  readonly bound: number;
  /** The certificate behind the largest bound. */
  readonly certificate: CertifiedBound;
  readonly programmes: number;
}

/**
 * The patterns that MAXRIGHT can follow: every sequence of choices, and at each measured point either objective, less
 * - those where equal records lead to different choices: the rule is a function of the records;
 * - those where at an evaluation the chosen objective is not the larger one;
 * - those that name an objective of weight 0 the larger: gaps are not negative;
 * - at λ = 0, those that choose DPO: no gap is below a weighted gap of 0;
 * - at λ = ½, those that start with DPO: the two objectives' names can be exchanged.
 */
export function* maxrightPatterns(question: MaxrightQuestion): Generator<Pattern> {
  const { schedule, initial, lambda, stepSizes, iterate } = question;
  const steps = lastNeededStep(iterate, stepSizes.length);
  const times = measuredTimes(iterate, stepSizes.length);
  const both: readonly ObjectiveName[] = ['sft', 'dpo'];
  const fresh = (t: number): boolean => t < steps && evaluatedBefore(schedule, initial, t + 1).length === 2;
  const mirrored = lambda === 0.5;

  function* larger(choices: readonly ObjectiveName[], chosen: readonly ObjectiveName[]): Generator<Pattern> {
    if (chosen.length === times.length) {
      yield { choices, larger: chosen };
      return;
    }
    const t = times[chosen.length];
    for (const objective of both) {
      if ((objective === 'dpo' ? lambda : 1 - lambda) === 0) continue;
      if (fresh(t) && choices[t] !== objective) continue;
      if (mirrored && choices.length === 0 && chosen.length === 0 && objective === 'dpo') continue;
      yield* larger(choices, [...chosen, objective]);
    }
  }
  function* extend(
    choices: readonly ObjectiveName[],
    record: { readonly dpo: number; readonly sft: number },
    decided: ReadonlyMap<string, ObjectiveName>,
  ): Generator<Pattern> {
    const t = choices.length;
    if (t === steps) {
      yield* larger(choices, []);
      return;
    }
    const seen = { ...record };
    for (const objective of evaluatedBefore(schedule, initial, t + 1)) seen[objective] = t;
    const key = `${seen.dpo},${seen.sft}`;
    for (const objective of both) {
      const before = decided.get(key);
      if (before !== undefined && before !== objective) continue;
      if (lambda === 0 && objective === 'dpo') continue;
      if (mirrored && t === 0 && objective === 'dpo') continue;
      yield* extend([...choices, objective], { ...seen, [objective]: t }, new Map(decided).set(key, objective));
    }
  }
  yield* extend([], { dpo: 0, sft: 0 }, new Map());
}

/** Narrower intervals of angles no longer change their bound. */
const narrowest = 2 ** -24;

/** A pattern with an interval of angles, and the certified bound of its relaxation. */
interface SearchNode {
  readonly pattern: Pattern;
  readonly plan: Plan;
  readonly from: number;
  readonly to: number;
  readonly certificate: CertifiedBound;
  readonly start?: PrimalDualPoint;
}

/**
 * The worst case of MAXRIGHT by branch and bound: every pattern's programme is relaxed, the angle φ of the condition
 * sin φ g_DPO° + cos φ g_SFT° = 0 that makes θ° a minimiser of F_max being left free in an interval; a fixed angle
 * gives a feasible point. The node with the largest bound is split until it meets the best feasible point.
 * @param onProgress told the share of patterns bounded so far
 */
export function maxrightWorstCase(
  question: MaxrightQuestion,
  {
    target = 2e-6,
    mostNodes = 1000,
    onProgress,
  }: {
    target?: number;
    mostNodes?: number;
    onProgress?: (share: number) => void;
  } = {},
): MaxrightWorstCase {
  const { schedule, initial, lambda, stepSizes, iterate, functionClass, distance, margin } = question;
  // With one objective unweighed, θ° minimises the other: its gradient there is 0.
  const [first, last] = lambda === 0 ? [0, 0] : lambda === 1 ? [Math.PI / 2, Math.PI / 2] : [0, Math.PI / 2];
  let programmes = 0;
  let best: Omit<MaxrightWorstCase, 'bound' | 'certificate' | 'programmes'> | undefined;
  let incumbent = 0;
  const build = (plan: Plan, stationarity: Stationarity): EstimationProgramme =>
    estimationProgramme(plan, lambda, functionClass, distance, stationarity, margin);
  const tryAngle = (pattern: Pattern, plan: Plan, angle: number): void => {
    const estimation = build(plan, { kind: 'angle', angle });
    const solution = solveEstimation(estimation);
    programmes++;
    if (best !== undefined && solution.primalObjective <= incumbent) return;
    incumbent = Math.max(incumbent, solution.primalObjective);
    best = { pattern, angle, estimation, solution };
  };
  const relax = (plan: Plan, stationarity: Stationarity, start?: PrimalDualPoint) => {
    const estimation = build(plan, stationarity);
    const cutoff = incumbent;
    let solution = solveEstimation(estimation, { cutoff, ...(start === undefined ? {} : { start }) });
    let certificate = certifiedBound(estimation, solution.multipliers);
    programmes++;
    if (certificate.bound > cutoff && solution.status !== 'solved' && (cutoff > 0 || start !== undefined)) {
      // The early stop, or the warm start, did not give a bound of use.
      solution = solveEstimation(estimation);
      const again = certifiedBound(estimation, solution.multipliers);
      if (again.bound < certificate.bound) certificate = again;
      programmes++;
    }
    return { certificate, warmStart: solution.warmStart };
  };

  const patterns = [...maxrightPatterns(question)];
  const nodes: SearchNode[] = [];
  let largest: CertifiedBound | undefined;
  const keep = (certificate: CertifiedBound): void => {
    if (largest === undefined || certificate.bound > largest.bound) largest = certificate;
  };
  patterns.forEach((pattern, index) => {
    const plan = maxrightPlan(schedule, initial, lambda, stepSizes, iterate, pattern.choices, pattern.larger);
    const stationarity: Stationarity =
      first === last
        ? { kind: 'angle', angle: first }
        : functionClass.kind === 'lipschitz'
          ? { kind: 'open' }
          : { kind: 'between', from: first, to: last };
    const { certificate } = relax(plan, stationarity);
    // At λ = 1 a step on SFT needs f_DPO to be exactly at its optimum: bounded here, but no run shows it firmly.
    const firm = lambda < 1 || !pattern.choices.includes('sft');
    if (certificate.bound > incumbent && firm) {
      nodes.push({ pattern, plan, from: first, to: last, certificate });
      tryAngle(pattern, plan, (first + last) / 2);
    } else {
      keep(certificate);
    }
    onProgress?.((index + 1) / patterns.length);
  });

  // Largest bound first; what is left behind lies below the incumbent.
  const finished = (node: SearchNode): boolean =>
    node.certificate.bound - incumbent <= target * Math.abs(node.certificate.bound) || node.to - node.from < narrowest;
  for (let count = 0; ; count++) {
    nodes.sort((a, b) => b.certificate.bound - a.certificate.bound);
    if (nodes.length === 0 || finished(nodes[0]) || count >= mostNodes) break;
    const node = nodes.shift();
    if (node === undefined) break;
    const middle = (node.from + node.to) / 2;
    tryAngle(node.pattern, node.plan, middle);
    for (const [from, to] of [
      [node.from, middle],
      [middle, node.to],
    ]) {
      const { certificate, warmStart } = relax(node.plan, { kind: 'between', from, to }, node.start);
      const tighter = certificate.bound < node.certificate.bound ? certificate : node.certificate;
      if (tighter.bound <= incumbent) keep(tighter);
      else {
        nodes.push({
          pattern: node.pattern,
          plan: node.plan,
          from,
          to,
          certificate: tighter,
          ...(warmStart === undefined ? {} : { start: warmStart }),
        });
      }
    }
  }
  for (const node of nodes) keep(node.certificate);
  if (best === undefined || largest === undefined) throw new Error('MAXRIGHT has no pattern to follow');
  return { ...best, bound: largest.bound, certificate: largest, programmes };
}
