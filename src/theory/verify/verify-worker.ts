import { attack, type AttackLimit, type Closest } from '../attack/attack.js';
import { observations } from '../observation/index.js';
import { theorems } from '../registry.js';
import type { SubjectKey } from './suite.js';
import type { Extent } from '../extent.js';
import { checkSubject, selected, type Check, type Exemption } from './verify.js';

/** One subject to check; plain data, so that a worker can take it. */
export interface CheckTask {
  readonly key: SubjectKey;
  readonly ids: readonly string[] | undefined;
  readonly extent: Extent;
}

/** Checks the theorems, or observations, of the given ids on the subject; all theorems where none are given. */
export default function check({ key, ids, extent }: CheckTask): Promise<(Check | Exemption)[]> {
  const known = ids === undefined ? theorems : [...theorems, ...observations];
  return checkSubject(selected(known, ids), key, extent);
}

/** One theorem to attack; plain data. */
export interface AttackTask {
  readonly id: string;
  readonly limit: AttackLimit;
  readonly seed: number;
}

/** Attacks the theorem of the given id. */
export async function attackTheorem({ id, limit, seed }: AttackTask): Promise<Closest | undefined> {
  const theorem = theorems.find((each) => each.id === id);
  return theorem === undefined ? undefined : attack(theorem, limit, seed);
}
