import { mgda } from '../../schedule/mgda.js';
import { pcgrad } from '../../schedule/pcgrad.js';
import { isReason } from '../../remedy/limit.js';
import { gapAt } from '../../remedy/judge.js';
import { noiselessPoints } from '../combined-gradients.js';
import { freeQuadratics } from '../free-quadratics.js';
import { frontPoint } from '../front-point.js';
import { computed } from '../measurement.js';
import { setupOf } from '../remedy-setup.js';
import { notFreeQuadratic } from '../smooth-constants.js';
import { weightOf } from '../subject.js';
import { theorem, type Trial } from '../theorem.js';

/** Steps in which nothing should happen. */
const steps = 50;

/** Started at any point of the front, MGDA and PCGrad stay: λ does not move them, and the gap is what that point's weights cost. */
export const stopsOnFront = theorem({
  id: 'L.stop',
  kind: 'lower',
  measured: '\\theta_1=\\theta_\\ell^*,\\text{ MGDA or PCGrad}:\\ F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: '(lambda - ell)^2*difference^2/(2*L)',
  needs: ['lambda', 'ell', 'difference', 'L'],
  reference: 'docs/theory.md, L, where MGDA and PCGrad stop',
  origin: 'here',
  attacked: true,
  trials(subject) {
    if (freeQuadratics(subject) === undefined) return notFreeQuadratic;
    const setup = setupOf(subject, 'sft-dpo');
    if (isReason(setup)) return setup;
    const { bounds, lambda } = subject;
    const weights = weightOf(subject);
    const L = weights.dpo * bounds.dpo.smoothness + weights.sft * bounds.sft.smoothness;
    // Where one stage alone ended MGDA stops too; PCGrad sees one gradient there, and goes on.
    const starts = [
      { schedule: mgda, ell: 0 },
      { schedule: mgda, ell: 1 },
      ...[lambda / 2, (1 + lambda) / 2].flatMap((ell) => [
        { schedule: mgda, ell },
        { schedule: pcgrad, ell },
      ]),
    ];
    return starts.flatMap(({ schedule, ell }): Trial[] => {
      const point = frontPoint(setup, ell);
      if (isReason(point)) return [];
      const start = point.limit.minimizer;
      const alpha = 1 / (2 * Math.max(bounds.dpo.smoothness, bounds.sft.smoothness));
      return [
        {
          steps,
          variant: `${schedule.name}, ℓ = ${ell.toPrecision(3)}`,
          constants: { ...point.constants, L },
          measure() {
            const points = noiselessPoints(subject, schedule.name, { alpha, T: steps, start });
            const gap = gapAt(setup, points[steps]);
            return computed(gap, 1e-9 * Math.max(1, gap));
          },
        },
      ];
    });
  },
});
