import type { Stream } from '../base/random-stream.js';
import { parseArithmetic } from '../convex/expression/arithmetic.js';
import { constantSymbols, type ConstantName, type Constants } from './constants.js';
import type { DescribedRun } from './described-run.js';
import { measureRun, type RunMeasure } from './measure.js';
import type { Measurement } from './measurement.js';
import type { Setting, Subject } from './subject.js';
import type { Extent } from './extent.js';
import type { WorstProblem } from './worst-case/worst-problem.js';

/**
 * What a bound claims of the measured number: at most the bound (`upper`; `tight` where a problem attains it), at least
 * the bound (`lower`), or equal to it (`exact`).
 */
export type Kind = 'tight' | 'upper' | 'lower' | 'exact';

/** One check of a theorem on a subject. */
export interface Trial {
  readonly steps: number;
  /** Added to the problem's name where a theorem is checked in several ways. */
  readonly variant?: string;
  readonly constants: Constants;
  measure(): Measurement;
}

/** Why a theorem says nothing about a subject or a run. */
export interface NotApplicable {
  readonly reason: string;
}

/** An instance that a theorem's own search found. */
export interface SearchedInstance {
  readonly file: WorstProblem;
  readonly lambda: number;
  readonly steps: number;
  readonly constants: Constants;
  readonly measurement: Measurement;
}

/** What a theorem says of a run: the constants of its bound after the first T updates. */
export interface Applied {
  /** Undefined where the theorem speaks of other numbers of updates. */
  at(T: number): Constants | undefined;
}

/** A theorem as data: what it claims, the formula of its bound, of which runs it speaks and how it is put to the test. */
export interface Theorem {
  /** The statement's letter in docs/theory.md and what distinguishes it, as in "A.average". */
  readonly id: string;
  readonly kind: Kind;
  /** The claim in TeX, its right-hand side written by mathjs from the formula that is evaluated. */
  readonly statement: string;
  /** Where the proof is. */
  readonly reference: string;
  /** Whose it is: the paper's, a known theorem, or new here. */
  readonly origin: string;
  readonly needs: readonly ConstantName[];
  /** The name of the schedule of whose runs it speaks; undefined where it speaks of no run. */
  readonly schedule?: string;
  /** A search of its own for instances near its bound, where no tree of choices gives what is measured. */
  readonly search?: (random: Stream) => SearchedInstance | undefined;
  /** Whether it is attacked, though it speaks of no run. */
  readonly attacked?: boolean;
  /** The numbers of a run that it bounds, the one that is measured first. */
  readonly measures: readonly RunMeasure[];
  /** The bound; throws where a needed constant is missing. */
  value(constants: Constants): number;
  /** What it says of a run of its schedule, on one problem or on every pair of a class. */
  applies(setting: Setting, run: DescribedRun): Applied | NotApplicable;
  /** Whether some pair attains the bound of a tight theorem with these constants. */
  isAttained(constants: Constants): boolean;
  /** The checks of this theorem on a subject. */
  trials(subject: Subject, extent: Extent): readonly Trial[] | NotApplicable;
}

interface TheoremClaim extends Pick<Theorem, 'id' | 'kind' | 'reference' | 'origin' | 'needs'> {
  /** TeX of what is measured. */
  readonly measured: string;
  /** Arithmetic on the constants that the theorem needs. */
  readonly formula: string;
}

/** A theorem that speaks of problems, or of runs on pairs of its own: it says itself how it is checked. */
export function theorem(definition: TheoremClaim & Pick<Theorem, 'trials' | 'attacked'>): Theorem {
  return {
    ...claimed(definition),
    ...(definition.attacked === undefined ? {} : { attacked: definition.attacked }),
    measures: [],
    applies: () => ({ reason: 'it speaks of no run' }),
    isAttained: () => true,
    trials: (subject, extent) => definition.trials(subject, extent),
  };
}

/** A run that a theorem is checked on. */
export interface ProposedRun extends DescribedRun {
  readonly variant?: string;
}

/** A theorem about the runs of a schedule: what is checked, drawn beside runs and set against worst cases is one bound. */
export function runTheorem(
  definition: TheoremClaim &
    Pick<Theorem, 'applies' | 'measures' | 'search'> & {
      readonly schedule: { readonly name: string };
      readonly isAttained?: Theorem['isAttained'];
      /** The runs that it is checked on. */
      readonly runs: (subject: Subject, extent: Extent) => readonly ProposedRun[] | NotApplicable;
      /** How a run is measured; `measureRun` unless given. */
      readonly measure?: (subject: Subject, run: DescribedRun, extent: Extent) => Measurement;
    },
): Theorem {
  const { schedule, measures, applies, runs, search, isAttained = () => true } = definition;
  const measure: NonNullable<typeof definition.measure> =
    definition.measure ?? ((subject, run, extent) => measureRun(subject, run, measures[0], extent));
  return {
    ...claimed(definition),
    schedule: schedule.name,
    ...(search === undefined ? {} : { search }),
    measures,
    applies,
    isAttained,
    trials(subject, extent) {
      const proposed = runs(subject, extent);
      if ('reason' in proposed) return proposed;
      let silence: NotApplicable | undefined;
      const trials = proposed.flatMap((run): Trial[] => {
        const steps = run.stepSizes.length;
        const applied = applies(subject, run);
        if ('reason' in applied) {
          silence ??= applied;
          return [];
        }
        const constants = applied.at(steps);
        if (constants === undefined) return [];
        const { variant } = run;
        const trial = { steps, constants, measure: () => measure(subject, run, extent) };
        return [variant === undefined ? trial : { ...trial, variant }];
      });
      return trials.length === 0 && silence !== undefined ? silence : trials;
    },
  };
}

function claimed({ id, kind, reference, origin, needs, measured, formula }: TheoremClaim) {
  const expression = parseArithmetic(id, formula, needs);
  const relation = { tight: '\\le', upper: '\\le', lower: '\\ge', exact: '=' }[kind];
  return {
    id,
    kind,
    reference,
    origin,
    needs,
    get statement() {
      return `${measured} ${relation} ${expression.tex(constantSymbols).trim()}`;
    },
    value(constants: Constants): number {
      const values = needs.map((name) => {
        const value = constants[name];
        if (value === undefined || Number.isNaN(value))
          throw new Error(`${id}: the constant ${name} is ${value ?? 'missing'}`);
        return value;
      });
      return expression.evaluate(values);
    },
  };
}
