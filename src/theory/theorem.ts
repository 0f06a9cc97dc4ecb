import { parseArithmetic } from '../convex/expression/arithmetic.js';
import { constantSymbols, type ConstantName, type Constants } from './constants.js';
import type { Measurement } from './measurement.js';
import type { Subject } from './subject.js';

/**
 * What a bound claims of the measured number: at most the bound (`upper`; `tight` where a problem attains it), at least
 * the bound (`lower`), or equal to it (`exact`).
 */
export type Kind = 'tight' | 'upper' | 'lower' | 'exact';

/** How much is measured. */
export interface Extent {
  /** The numbers of updates at which the statements are checked. */
  readonly steps: readonly number[];
  /** Runs of an ensemble. */
  readonly seeds: number;
  /** Seed of the first run. */
  readonly seed: number;
  /** The numbers of updates over which rates are fitted, and the runs of each. */
  readonly rateSteps: readonly number[];
  readonly rateSeeds: number;
  /** Compute expectations over the whole tree of choices instead of sampling them: short runs of noiseless pairs only. */
  readonly wholeTree?: boolean;
}

/** One check of a theorem on a subject. */
export interface Trial {
  readonly steps: number;
  /** Added to the problem's name where a theorem is checked in several ways. */
  readonly variant?: string;
  readonly constants: Constants;
  measure(): Measurement;
}

/** Why a theorem says nothing about a subject. */
export interface NotApplicable {
  readonly reason: string;
}

/** A theorem as data: what it claims, the formula of its bound, and how a subject is put to the test. */
export interface Theorem {
  /** The statement's letter in docs/theory.md and what distinguishes it, as in "A.average". */
  readonly id: string;
  readonly kind: Kind;
  /** The claim in TeX, its right-hand side written by mathjs from the formula that is evaluated. */
  readonly statement: string;
  /** Where the proof is, and whose it is. */
  readonly reference: string;
  readonly needs: readonly ConstantName[];
  /** The bound; throws where a needed constant is missing. */
  value(constants: Constants): number;
  /** The checks of this theorem on a subject. */
  trials(subject: Subject, extent: Extent): readonly Trial[] | NotApplicable;
}

/** A theorem from the formula of its bound: arithmetic on the constants it needs. */
export function theorem(
  definition: Omit<Theorem, 'statement' | 'value'> & {
    /** TeX of what is measured. */
    readonly measured: string;
    readonly formula: string;
  },
): Theorem {
  const { id, kind, reference, needs, measured, formula } = definition;
  const expression = parseArithmetic(id, formula, needs);
  const relation = { tight: '\\le', upper: '\\le', lower: '\\ge', exact: '=' }[kind];
  return {
    id,
    kind,
    reference,
    needs,
    get statement() {
      return `${measured} ${relation} ${expression.tex(constantSymbols).trim()}`;
    },
    value(constants) {
      const values = needs.map((name) => {
        const value = constants[name];
        if (value === undefined || Number.isNaN(value))
          throw new Error(`${id}: the constant ${name} is ${value ?? 'missing'}`);
        return value;
      });
      return expression.evaluate(values);
    },
    trials: (subject, extent) => definition.trials(subject, extent),
  };
}
