import type { Group, Report } from './bench.js';
import { llmGrowth } from './llm/growth.js';

/** Each part measures what grows in it; a new one is a line here. */
const parts: readonly ((report: Report) => Promise<void>)[] = [llmGrowth];

/** Time and memory against size, with fitted exponents. */
export const growth: Group = {
  name: 'growth',
  description: 'time and memory against size, with fitted exponents',
  run: async (report) => {
    for (const part of parts) await part(report);
  },
};
