import { remedies } from '../../src/remedy/index.js';

/** This module exports data alone, as src/schedule/key.ts does: the page names remedies and its workers compute them. */

/** What the page says of a remedy. */
export interface ListedRemedy {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Its parameter as formulas write it; '' where it has none. */
  readonly symbol: string;
}

/** Every remedy, in the order of the comparison. */
export const remedyList: readonly ListedRemedy[] = Object.values(remedies).map(
  ({ name, label, description, parameter }) => ({ name, label, description, symbol: parameter?.symbol ?? '' }),
);
