import type { ObjectiveName } from '../../schedule/schedule.js';
import type { Replay } from './replay.js';
import type { TheoryOfWorstCase } from './theory.js';
import type { WorstProblem } from './worst-problem.js';

/** A worst case, enclosed: worstCase ≤ the supremum over the class ≤ dualBound, in spite of rounding. */
export interface WorstCaseResult {
  /** What running the schedule on the recovered functions gives, less a bound on its rounding. */
  readonly worstCase: number;
  readonly dualBound: number;
  /** (dualBound − worstCase) / dualBound. */
  readonly relativeGap: number;
  /** The closed form, where one is known. */
  readonly theory: number | null;
  /** 'tight': attained; 'upper': not exceeded; null without a closed form. */
  readonly kind: TheoryOfWorstCase['kind'] | null;
  readonly certificate: WorstCaseCertificate;
}

/** What shows the two numbers to be right. */
export interface WorstCaseCertificate {
  /** The recovered functions with their start and comparator: a problem to run the schedule on. */
  readonly problem: WorstProblem;
  readonly stepSizes: Float64Array;
  /** What running the schedule on them gave; the enclosure needs lead > rounding. */
  readonly replay: Replay;
  /** MAXRIGHT's choices in the worst case. */
  readonly choices?: readonly ObjectiveName[];
  /**
   * The dual side: order and constraints of the programme, and what its repair adds to the bound; absent where the
   * bound is a theorem.
   */
  readonly dual?: {
    readonly order: number;
    readonly constraints: number;
    readonly programmes: number;
    readonly shift: number;
    readonly shiftCost: number;
    readonly residualCost: number;
    readonly multipliers: Float64Array;
  };
}
