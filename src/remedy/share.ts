import { unitText } from './parameter-text.js';
import type { RemedyParameter } from './remedy.js';
import type { Setup } from './setup.js';

/** A parameter in [0, 1], whose curve goes from 0 to 1. */
export function share(
  name: string,
  symbol: string,
  description: string,
  theory: (setup: Setup) => number,
): RemedyParameter<number> {
  return {
    ...{ name, symbol, description, theory },
    parse: unitText,
    at: (position) => position,
  };
}

/** ρ: by theory the weight of the first objective. */
export const replayShare = share(
  'replay',
  'ρ',
  'probability of a step on the first objective in stage two',
  ({ weightOfFirst }) => weightOfFirst,
);

/** The weight beside 1 that is a share ρ of both: ρ/(1 − ρ). */
export function weightOfShare(share: number): number {
  return share === 1 ? Infinity : share / (1 - share);
}
