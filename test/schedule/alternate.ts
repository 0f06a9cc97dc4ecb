import { stepOn, type Schedule } from '../../src/schedule/schedule.js';

/** DPO at odd steps, SFT at even ones: a schedule as docs/library.md says to write one, with nothing for kernels. */
export const alternate: Schedule<Record<string, never>> = {
  name: 'alternate',
  init: () => ({}),
  distribution: (_state, step) => [{ choice: step % 2 === 1 ? stepOn.dpo : stepOn.sft, probability: 1 }],
};
