import type { WorstCaseSettings } from '../theory/worst-case/settings.js';
import type { WorstCaseResult } from '../theory/worst-case/worst-case.js';
import type { ExperimentContext } from './experiment.js';
import { siblingModule, taskResult } from './task.js';

/** A worst case, enclosed, and what the theory says of it. */
export type WorstCaseNumbers = Pick<WorstCaseResult, 'worstCase' | 'dualBound' | 'theory' | 'kind'>;

/** The worst case by performance estimation. */
export function estimated(context: ExperimentContext, settings: WorstCaseSettings): Promise<WorstCaseNumbers> {
  const module = siblingModule('../theory/worst-case/worst-case', import.meta.url);
  return taskResult(context, { module, name: 'worstCase' }, settings, numbersOf);
}

/** What a run on statement W's worst function gives. */
export function attained(context: ExperimentContext, settings: WorstCaseSettings): Promise<WorstCaseNumbers> {
  const module = siblingModule('../theory/worst-case/closed-form', import.meta.url);
  return taskResult(context, { module, name: 'closedFormWorstCase' }, settings, numbersOf);
}

function numbersOf({ worstCase, dualBound, theory, kind }: WorstCaseResult): WorstCaseNumbers {
  return { worstCase, dualBound, theory, kind };
}
