import { smoothMax, smoothTchebycheff } from '../../remedy/smooth-tchebycheff.js';
import { isReason } from '../../remedy/limit.js';
import { setupOf } from '../remedy-setup.js';
import { meanSmoothGap, tchebycheffMethod, withSmoothing } from '../smooth-max.js';
import { distance, isSubject, type Setting } from '../subject.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem, type NotApplicable } from '../theorem.js';
import type { DescribedRun } from '../described-run.js';

const domain = withSmoothing(constantStepsOf(tchebycheffMethod));

/** The minimiser of Φ_μ that a run is compared with, and min Φ_μ. */
function minimumOf(setting: Setting, { smoothing = 0.1 }: DescribedRun) {
  if (!isSubject(setting)) return { reason: 'the minimiser of Φ_μ is found on problem files alone' };
  const setup = setupOf(setting, 'sft-dpo');
  if (isReason(setup)) return setup;
  const limit = smoothTchebycheff.limit(setup, smoothing);
  return isReason(limit) ? limit : { ...limit, value: smoothMax(setup, smoothing).value(limit.minimizer) };
}

/** Smooth Tchebycheff is a stochastic gradient method on Φ_μ. */
export const tchebycheffSmooth = runTheorem({
  id: 'T.smooth',
  kind: 'upper',
  measures: [],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t \\Phi_\\mu(\\theta_t) - \\min \\Phi_\\mu',
  formula: 'D0^2/(2*alpha*T) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, T',
  origin: 'known technique; scalarization: Lin and others 2024',
  schedule: domain.schedule,
  runs: (subject, extent) => domain.runs(subject, extent),
  applies(setting, run) {
    const applied = domain.applies(setting, run);
    if ('reason' in applied) return applied;
    const minimum = minimumOf(setting, run);
    if (isReason(minimum)) return minimum satisfies NotApplicable;
    const D0 = isSubject(setting) ? distance(setting.pair.start, minimum.minimizer) : NaN;
    return {
      at(T) {
        const constants = applied.at(T);
        return constants === undefined ? undefined : { ...constants, D0 };
      },
    };
  },
  measure(subject, run, extent) {
    const minimum = minimumOf(subject, run);
    if (isReason(minimum)) throw new Error(minimum.reason);
    return meanSmoothGap(subject, run, minimum, extent);
  },
});
