import { lookOf } from '../../src/figure/theme.js';

/** What distinguishes statements of one schedule, by what their ids end with. */
const words: Readonly<Record<string, string>> = {
  limit: 'limit Δ',
  finite: 'least gap after T steps',
  'finite.mean': 'mean gap after T steps',
  average: 'bound, average point',
  best: 'bound, best point',
  last: 'bound, last point',
  'last.linear': 'bound, last point, linear steps',
  'last.steps': 'bound, last point, these steps',
  smooth: 'bound, smooth',
  'smooth.last': 'bound, smooth, last point',
  strong: 'bound, strongly convex',
  decaying: 'bound, decaying steps',
  probable: 'bound, high probability',
  adaptive: 'bound, adaptive steps',
  exact: 'bound, exact values',
  fresh: 'bound, fresh values',
  stale: 'bound, stale values',
  shared: 'bound, shared minibatch',
};

/** A statement in words, of the schedule whose run it speaks of: "Sequential’s limit Δ". */
export function statementWords(id: string, key: string): string {
  const [letter, ...rest] = id.split('.');
  const [name] = lookOf(key).label.split(',');
  const ending = rest.join('.');
  return `${name}’s ${words[ending] ?? (letter === 'Q' ? 'mean gap' : `bound, ${rest.join(', ')}`)}`;
}
