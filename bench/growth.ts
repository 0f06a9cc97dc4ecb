import { growthOfConvexRuns } from './growth/convex.js';
import type { Group, Report } from './bench.js';
import { llmGrowth } from './llm/growth.js';

/** What grows with what; a new part is a file under growth/ and a line here. */
const parts: readonly ((report: Report) => Promise<void>)[] = [growthOfConvexRuns, llmGrowth];

/** Time and memory against the sizes of the work, with the exponents of fitted power laws. */
export const growth: Group = {
  name: 'growth',
  description: 'time and memory against sizes, with fitted exponents',
  run: async (report) => {
    for (const part of parts) await part(report);
  },
};
