import { setup, type Setup } from '../remedy/setup.js';
import type { Problem } from '../convex/problem/problem.js';
import type { Order } from '../schedule/schedule.js';
import type { Subject } from './subject.js';
import type { NotApplicable } from './theorem.js';

const made = new WeakMap<Problem, Map<string, Setup>>();

/** The setup in which the remedies of a subject have their limits; made once. */
export function setupOf({ problem, lambda }: Subject, order: Order): Setup | NotApplicable {
  if (problem === undefined) return { reason: 'remedies have their limits on problem files alone' };
  if (lambda === 0 || lambda === 1) return { reason: 'λ is 0 or 1: one objective alone is weighed' };
  const setups = made.get(problem) ?? new Map<string, Setup>();
  made.set(problem, setups);
  const key = `${order} ${lambda}`;
  const found = setups.get(key) ?? setup(problem, { lambda, order });
  setups.set(key, found);
  return found;
}
