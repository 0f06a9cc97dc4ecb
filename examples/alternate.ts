// A schedule of one's own, which works on SFT and DPO in turns:
// node forgetting.js run examples/quadratic.json --schedule examples/alternate.ts
import type { Schedule } from 'forgetting';

const alternate: Schedule<Record<string, never>> = {
  name: 'alternate',
  init: () => ({}),
  // One entry: nothing is drawn. With several, one is drawn by its probability.
  distribution: (_state, step) => [
    { choice: step % 2 === 1 ? { dpo: 1, sft: 0 } : { dpo: 0, sft: 1 }, probability: 1 },
  ],
};
export default alternate;
