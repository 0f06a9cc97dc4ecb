import { unboundedGradients } from './bounded-gradients.js';
import type { DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import type { Setting, Subject } from './subject.js';
import { methodConstants, type Method } from './subgradient-method.js';
import type { Applied, NotApplicable, ProposedRun } from './theorem.js';

/** The domain of a statement on steps that adapt to the gradients met. */
export function adaptiveStepsOf(method: Method) {
  return {
    schedule: method.schedule,
    applies(setting: Setting, run: DescribedRun): Applied | NotApplicable {
      const silence = unboundedGradients(setting) ?? method.silence?.(setting, run);
      if (silence !== undefined) return silence;
      if (run.adaptive !== true) return { reason: 'it needs adaptive steps' };
      if (!(setting.radius < Infinity)) return { reason: 'it needs a ball' };
      return { at: (T) => ({ ...methodConstants(method, setting), R: setting.radius, T }) };
    },
    runs: (_subject: Subject, { steps }: Extent): ProposedRun[] =>
      steps.map((T) => ({
        schedule: method.schedule.name,
        stepSizes: new Float64Array(T),
        adaptive: true,
        ...method.trial,
      })),
  };
}
