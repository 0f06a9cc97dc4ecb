// The worst case of ALRIGHT over all convex Lipschitz functions, beside its statement: npx tsx examples/worst-case.ts
import { worstCase } from 'forgetting';

console.log('steps  at least  at most  statement');
for (const steps of [1, 2, 3, 4]) {
  const result = worstCase({ schedule: 'alright', lambda: 0.3, steps });
  console.log([steps, result.worstCase, result.dualBound, result.theory].join('  '));
}
