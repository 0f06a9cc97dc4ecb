import type { ConvexFunction } from '../convex/problem/problem.js';
import type { Pair } from '../schedule/schedule.js';
import type { Limit, NoLimit } from './limit.js';
import type { Setup, ProblemStages } from './setup.js';
import type { BeginningRun, ChangeFrom } from './stage-two-change.js';

/** What a remedy adds to every step of stage two, or of a run without stages. */
export interface Cost {
  /** Objective gradients a step. */
  readonly gradients: number;
  /** Losses or forward passes a step, beyond those that come with a gradient. */
  readonly evaluations: number;
  /** Vectors as long as θ that are kept besides θ. */
  readonly vectors: number;
  /** Models that are kept at the end. */
  readonly models: number;
}

/** A cost in letters: gradients (g), losses (f) and vectors kept (v), and models where there are several. */
export function costText({ gradients, evaluations, vectors, models }: Cost): string {
  const parts = [`${gradients} g`];
  if (evaluations > 0) parts.push(`${evaluations} f`);
  if (vectors > 0) parts.push(`${vectors} v`);
  if (models > 1) parts.push(`${models} models`);
  return parts.join(' + ');
}

/** What a remedy needs once stage one is over. */
export interface Needs {
  /** Prompts of SFT with their replies. */
  readonly sftRecords: boolean;
  /** Prompts of SFT, without replies. */
  readonly sftPrompts: boolean;
  /** The optimal value of an objective, f_DPO* or f_SFT*. */
  readonly optima: boolean;
}

/** Nothing but the preferences. */
export const needsNothing: Needs = { sftRecords: false, sftPrompts: false, optima: false };

/** The parameter that a remedy has. */
export interface RemedyParameter<Value> {
  /** Its name in options and results: `replay` is --replay. */
  readonly name: string;
  /** How it is written in formulas. */
  readonly symbol: string;
  readonly description: string;
  /** The value that a text on the command line gives; throws an InputError naming the field where it is out of range. */
  parse(text: string, field: string): Value;
  /** What the theory says for the λ of the setup; a reason where it says nothing there. */
  theory?(setup: Setup): Value | NoLimit;
  /** What is taken where nothing is given, of a parameter on which the theory is silent. */
  standard?(setup: Setup): Value | NoLimit;
  /**
   * The value at a position in [0, 1], along which the curve is drawn and the best value sought, from no remedy to the
   * whole of it; without it there is neither.
   */
  at?(position: number, setup: Setup): Value;
  /** Whether the best value in hindsight is sought along that way; so it is unless said. */
  readonly hindsight?: boolean;
  /** The best value in hindsight, where it is found otherwise. */
  best?(setup: Setup): Value;
  /** The values that the curve is drawn through, of a parameter without such a way. */
  curve?(setup: Setup): readonly Value[];
}

/**
 * A remedy for forgetting: a schedule, a term added to stage two, or a map of its output.
 *
 * The limit is a function of the parameter alone; `outputs` are the points that runs of it hand over.
 */
export interface Remedy<Value = unknown> {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: 'schedule' | 'term' | 'output';
  readonly needs: Needs;
  readonly parameter?: RemedyParameter<Value>;
  cost(setup: ProblemStages, value: Value): Cost;
  /** Why it does not apply to the setup; undefined where it does. */
  missing?(setup: ProblemStages): string | undefined;
  /** What stage two minimises beside its own objective, of a remedy that adds a term; undefined where its weight is infinite. */
  term?(setup: Setup, value: Value): AddedTerm | undefined;
  /** @param near where a solver may start: the limit under a value near to this one */
  limit(setup: Setup, value: Value, near?: Float64Array): Limit | NoLimit;
  /** What it makes of the gradients of stage two, of a remedy that is a term: called before every run. */
  change?(stages: ProblemStages, value: Value): (run: BeginningRun) => ChangeFrom;
  /** Both objective values of what each seed's run hands over. */
  outputs(setup: Setup, value: Value): Pair[];
}

/** A term that is added to the objective of stage two: a weight times a convex function. */
export interface AddedTerm {
  readonly weight: number;
  readonly function: ConvexFunction;
}

/** One gradient a step, of one model. */
export const oneGradient: Cost = { gradients: 1, evaluations: 0, vectors: 0, models: 1 };
