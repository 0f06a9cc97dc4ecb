import { InputError } from '../../base/input-error.js';
import type { KeptBudget, ObjectiveName } from '../../schedule/schedule.js';
import { certifiedBound, type CertifiedBound } from '../../sdp/certified-bound.js';
import { budgetPatterns, budgetProgramme, type BudgetPattern } from './budget-search.js';
import { maxrightPatterns, maxrightWorstCase, type MaxrightQuestion } from './maxright-search.js';
import { subgradient } from './names.js';
import { maxrightPlan, openLoopPlan, pointsOfPlan } from './plan.js';
import { estimationProgramme, type EstimationProgramme } from './programme.js';
import { replay, type Replay } from './replay.js';
import { worstCaseQuestion, type WorstCaseQuestion, type WorstCaseSettings } from './settings.js';
import { solveEstimation, type EstimationSolution } from './solve-estimation.js';
import type { WorstCaseResult } from './result.js';
import { theory } from './theory.js';
import { inOwnUnits, inUnits, unitsOf } from './units.js';
import { worstProblem, type Descent, type WorstProblem } from './worst-problem.js';

export type { WorstCaseCertificate, WorstCaseResult } from './result.js';

/**
 * Every inequality is tightened by this share of its scale, so that the recovered functions decide firmly. The next
 * ones are tried where the first leaves more of a gap than `enough`: a smaller one where the multipliers are large, a
 * larger one where the solver's residuals come near it.
 */
const margins = [1e-8, 1e-9, 1e-7, 1e-6];
const enough = 1e-6;
/** Larger programmes would need more memory and time than a worst case is worth. */
const mostConstraints = 10_000;
const mostPatterns = 20_000;

/**
 * The worst case of a schedule over a class of functions, by performance estimation, in units in which the class's
 * bounds are near 1.
 * @param onProgress told the share of the work done, from 0 to 1
 * @throws InputError on settings that are wrong or too large
 */
export function worstCase(
  given: WorstCaseSettings,
  { onProgress }: { onProgress?: (share: number) => void } = {},
): WorstCaseResult {
  const asked = worstCaseQuestion(given);
  const units = unitsOf(asked);
  return inOwnUnits(answer(inUnits(asked, units), onProgress), units, asked.stepSizes);
}

/** The worst case of a question whose bounds are near 1. */
function answer(question: WorstCaseQuestion, onProgress?: (share: number) => void): WorstCaseResult {
  const { gap, kept } = question;
  const solved =
    kept !== undefined
      ? solveBudget({ ...question, kept }, onProgress)
      : gap === 'max'
        ? solveMaxright(question, onProgress)
        : solveOpenLoop(question, onProgress);
  let { bound, certificate } = solved;
  let recovered = recover(question, solved, solved.estimation, solved.solution);
  for (const margin of margins.slice(1)) {
    if (bound - recovered.lower <= enough * bound) break;
    const estimation = solved.programme(margin);
    const solution = solveEstimation(estimation);
    // The multipliers of one pattern bound the open loop's only one.
    if (solved.single) {
      const again = certifiedBound(estimation, solution.multipliers);
      if (again.bound < bound) ({ bound, certificate } = { bound: again.bound, certificate: again });
    }
    const next = recover(question, solved, estimation, solution);
    if (next.lower > recovered.lower) recovered = next;
  }
  const { lower, problem, run } = recovered;
  const known = theory(question);
  const { shift, shiftCost, residualCost, multipliers } = certificate;
  return {
    worstCase: lower,
    dualBound: bound,
    relativeGap: (bound - lower) / bound,
    theory: known?.value ?? null,
    kind: known?.kind ?? null,
    certificate: {
      problem,
      stepSizes: question.stepSizes,
      replay: run,
      ...(solved.choices === undefined ? {} : { choices: solved.choices }),
      dual: {
        order: solved.estimation.programme.order,
        constraints: solved.estimation.programme.constraints.length,
        programmes: solved.programmes,
        shift,
        shiftCost,
        residualCost,
        multipliers,
      },
    },
  };
}

/** The functions behind a solution, and what running the schedule on them proves. */
function recover(
  question: WorstCaseQuestion,
  solved: SolvedProgramme,
  estimation: EstimationProgramme,
  solution: EstimationSolution,
): { problem: WorstProblem; run: Replay; lower: number } {
  const { schedule, settings, stepSizes, iterate, functionClass, distance, gap } = question;
  const descent = solved.descent?.(estimation, solution);
  const problem = worstProblem(estimation, solution.gram, solution.free, functionClass, distance, descent);
  const run = replay(
    problem,
    schedule,
    problem.ideal === undefined ? settings : { ...settings, ideal: problem.ideal },
    stepSizes,
    iterate,
    gap,
  );
  // A run that rounding could steer elsewhere proves nothing; 0 is a lower bound of every gap.
  return { problem, run, lower: run.lead > run.rounding ? Math.max(0, run.value - run.rounding) : 0 };
}

interface SolvedProgramme {
  /** The programme behind the answer, with another margin. */
  programme(margin: number): EstimationProgramme;
  readonly estimation: EstimationProgramme;
  readonly solution: EstimationSolution;
  readonly bound: number;
  readonly certificate: CertifiedBound;
  readonly programmes: number;
  readonly choices?: readonly ObjectiveName[];
  /** Whether the programme is the only one, so that its bound is the answer's. */
  readonly single: boolean;
  /** How the objectives reach the optima that the schedule is told. */
  readonly descent?: (estimation: EstimationProgramme, solution: EstimationSolution) => Descent;
}

function solveOpenLoop(question: WorstCaseQuestion, onProgress?: (share: number) => void): SolvedProgramme {
  const { name, schedule, settings, lambda, stepSizes, iterate, functionClass, distance } = question;
  const steps = stepSizes.length;
  const initial = schedule.init(settings);
  const { points, branching } = pointsOfPlan(schedule, initial, iterate, steps);
  const objectives = name === subgradient ? 1 : 2;
  if (objectives * points ** 2 > mostConstraints) {
    const least = `about ${mostConstraints} interpolation constraints at most`;
    const tree = branching ? ' (the tree of draws grows with every step)' : '';
    throw new InputError('steps', steps, `fewer: ${least}${tree}`);
  }
  const plan = openLoopPlan(schedule, initial, lambda, stepSizes, iterate);
  const programme = (margin: number): EstimationProgramme =>
    estimationProgramme(plan, lambda, functionClass, distance, { kind: 'weighted', lambda }, margin);
  const estimation = programme(margins[0]);
  const solution = solveEstimation(estimation, {
    // The gap falls by orders of magnitude, from about 1 to the solver's tolerance.
    onIteration: (gap) => onProgress?.(Math.min(1, Math.max(0, -Math.log10(gap) / 9))),
  });
  const certificate = certifiedBound(estimation, solution.multipliers);
  return { programme, estimation, solution, bound: certificate.bound, certificate, programmes: 1, single: true };
}

function solveMaxright(question: WorstCaseQuestion, onProgress?: (share: number) => void): SolvedProgramme {
  const { schedule, settings, lambda, stepSizes, iterate, functionClass, distance } = question;
  const asked: MaxrightQuestion = {
    schedule,
    // Which steps evaluate does not depend on the optima.
    initial: schedule.init({ ...settings, ideal: { dpo: 0, sft: 0 } }),
    lambda,
    stepSizes,
    iterate,
    functionClass,
    distance,
    margin: margins[0],
  };
  const patterns = maxrightPatterns(asked);
  for (let count = 0; patterns.next().done !== true; count++) {
    if (count === mostPatterns) {
      throw new InputError('steps', stepSizes.length, `fewer: more than ${mostPatterns} patterns of choices to solve`);
    }
  }
  const worst = maxrightWorstCase(asked, onProgress === undefined ? {} : { onProgress });
  const { choices, larger } = worst.pattern;
  const plan = maxrightPlan(schedule, asked.initial, lambda, stepSizes, iterate, choices, larger);
  return {
    programme: (margin) =>
      estimationProgramme(plan, lambda, functionClass, distance, { kind: 'angle', angle: worst.angle }, margin),
    estimation: worst.estimation,
    solution: worst.solution,
    bound: worst.bound,
    certificate: worst.certificate,
    programmes: worst.programmes,
    choices,
    single: false,
    descent: (_estimation, solution) => descentToOptima(solution, question, worst.angle),
  };
}

function solveBudget(
  question: WorstCaseQuestion & { readonly kept: KeptBudget },
  onProgress?: (share: number) => void,
): SolvedProgramme {
  const { kept } = question;
  const patterns = budgetPatterns(question, margins[0], onProgress);
  const descent = (estimation: EstimationProgramme, solution: EstimationSolution): Descent =>
    descentToBudget(estimation, solution, question);
  const solvedBy = ({ above, estimation, solution, certificate }: BudgetPattern): SolvedProgramme => ({
    programme: (margin) => budgetProgramme(question, above, margin),
    estimation,
    solution,
    bound: patterns[0].certificate.bound,
    certificate,
    programmes: patterns.length,
    choices: above.map((isAbove) => (isAbove ? kept.first : kept.second)),
    single: false,
    descent,
  });
  // Some sequences cannot occur: their programmes have no solution, and what they give is not trusted but run.
  let best: { readonly solved: SolvedProgramme; readonly lower: number } | undefined;
  for (const pattern of patterns) {
    if (best !== undefined && best.lower >= pattern.certificate.bound * (1 - enough)) break;
    if (pattern.solution.status !== 'solved' && best !== undefined) continue;
    const solved = solvedBy(pattern);
    const { lower } = recover(question, solved, pattern.estimation, pattern.solution);
    if (best === undefined || lower > best.lower) best = { solved, lower };
  }
  if (best === undefined) throw new Error('a budget has no sequence of choices');
  return { ...best.solved, certificate: patterns[0].certificate };
}

/** How the objectives reach their optima under a budget: as `descentToOptima`, that of the first objective where the budget has it. */
function descentToBudget(
  { allowed }: EstimationProgramme,
  { free }: EstimationSolution,
  { kept, stepSizes, functionClass, distance }: WorstCaseQuestion & { readonly kept: KeptBudget },
): Descent {
  const scale = functionClass.kind === 'lipschitz' ? functionClass.lipschitz * distance : 1;
  const travel = stepSizes.reduce((sum, size) => sum + size, 0);
  const slope = Math.sqrt((0.1 * Math.min(...margins) * scale) / travel);
  const highest = free.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const least = allowed === undefined ? -kept.budget : Math.min(0, Math.max(0, free[allowed]) - kept.budget);
  const deep = -4 * (highest + scale);
  const onFirst = kept.first === 'dpo';
  return {
    slope: { dpo: onFirst ? slope : -slope, sft: onFirst ? -slope : slope },
    ideal: { dpo: onFirst ? least : deep, sft: onFirst ? deep : least },
  };
}

/**
 * How the objectives reach the optima that MAXRIGHT is told: along a further coordinate, so slowly that the run does
 * not notice, with slopes that keep θ° a minimiser of F_max. Both weighted gaps are equal at θ°.
 */
function descentToOptima(
  { free, gram }: EstimationSolution,
  { lambda, stepSizes, functionClass, distance }: WorstCaseQuestion,
  angle: number,
): Descent {
  const n = Math.round(Math.sqrt(gram.length));
  const travel = stepSizes.reduce((sum, size) => sum + size, 0);
  let highest = 0;
  for (const value of free) highest = Math.max(highest, Math.abs(value));
  let curvature = 0;
  if (functionClass.kind === 'smooth') {
    // A smooth function at its optimum lies ‖g‖²/2L below.
    for (let i = 1; i < n; i++) curvature = Math.max(curvature, gram[i * n + i] / functionClass.smoothness);
  }
  const scale =
    functionClass.kind === 'lipschitz' ? functionClass.lipschitz * distance : functionClass.smoothness * distance ** 2;
  const depth = 4 * (highest + curvature + scale);
  // Slopes s change values by at most s² Σ α_t over the run: a tenth of the margin.
  const slope = Math.sqrt((0.1 * Math.min(...margins) * scale) / travel);
  const sine = lambda === 0 ? 0 : Math.sin(angle);
  const cosine = lambda === 1 ? 0 : Math.cos(angle);
  const idealOf = (weight: number, other: number): number =>
    // At λ = 0 or 1 the weighed objective is at its optimum in θ°.
    other === 0 ? 0 : weight === 0 ? -depth : -depth * (Math.max(weight, other) / weight);
  return {
    slope: { dpo: slope * cosine, sft: slope === 0 ? 0 : -slope * sine },
    ideal: { dpo: idealOf(lambda, 1 - lambda), sft: idealOf(1 - lambda, lambda) },
  };
}
