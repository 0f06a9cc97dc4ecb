// A schedule of one's own, which works on SFT and DPO in turns:
// node forgetting.js run examples/quadratic.json --schedule examples/alternate.ts
import type { Schedule } from 'forgetting';

const alternate: Schedule<Record<string, never>> = {
  name: 'alternate',
  init: () => ({}),
  evaluates: () => [],
  choose: (_state, step) => (step % 2 === 1 ? 'dpo' : 'sft'),
  observe: (state) => state,
};
export default alternate;
