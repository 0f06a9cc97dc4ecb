import { describe, expect, it } from 'vitest';
import { stream, type Stream } from '../../src/base/random-stream.js';
import { openClaims } from '../../src/study/claim/index.js';
import { openCostClaims } from '../../src/study/overhead.js';
import { comparisons } from '../../src/study/plan.js';
import type { CostRow, EvaluationRow, RunKey } from '../../src/study/results.js';
import { presets } from '../../src/study/preset/index.js';
import { familyWiseError, judged, judgedApart } from '../../src/study/verdict.js';

const [steps, longer] = [12, 24];
const lambdas = [0.25, 0.5, 0.75];
const scale = { steps, lambdas, heldOutExamples: 32 };

/** Every run of an experiment. */
function runsOf(seeds: number): RunKey[] {
  return comparisons.flatMap((comparison) =>
    Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) => {
      const own = ([`sequential-${comparison}`, 'mix', 'alright', 'maxright'] as const).flatMap((schedule, i) =>
        lambdas.map((lambda) => ({
          ...{ comparison, seed, schedule, lambda, steps },
          dpoShare: i === 0 ? lambda : null,
        })),
      );
      return [
        ...own,
        ...own
          .filter(({ lambda, schedule }) => lambda === 0.5 && /alright|seq/.test(schedule))
          .map((run) => ({ ...run, steps: longer })),
      ];
    }),
  );
}

/**
 * Evaluations of schedules that do not differ, of a training that does nothing: from one seed to the next everything
 * moves together, and every evaluation has skewed noise of its own. The gap is at the threshold of the claim on it.
 */
function identical(seeds: number, random: Stream): EvaluationRow[] {
  const around = (centre: number): number => centre * Math.exp(0.4 * random.normal());
  const levels = new Map(Array.from({ length: seeds }, (_, seed) => [seed, around(1)]));
  return runsOf(seeds).flatMap((run) => {
    const level = levels.get(run.seed) ?? 1;
    const switches =
      run.dpoShare === null ? [] : [Math.round(run.dpoShare * steps), steps - Math.round(run.dpoShare * steps)];
    return [...new Set([0, ...switches, run.steps])].map((step) => {
      let right = 0;
      for (let pair = 0; pair < scale.heldOutExamples; pair++) if (random.uniform() < 0.5) right += 1;
      const gap = around(level);
      return {
        ...{ ...run, step, dpo: around(level), sft: around(level), dpoGap: around(level), sftGap: around(level) },
        gap: run.steps === longer ? gap * Math.sqrt(steps / longer) * Math.exp(-0.16) : gap,
        ...{ maxGap: around(level), idealDistance: around(level), normalizedIdealDistance: around(level) },
        ...{ rewardAccuracy: 0.5, heldOutDpo: around(level), heldOutSft: around(level), heldOutRewardAccuracy: 0.5 },
        heldOutAccuracy: right / scale.heldOutExamples,
      };
    });
  });
}

function identicalCosts(seeds: number, random: Stream): CostRow[] {
  return runsOf(seeds).map((run) => {
    const secondsPerStep = Math.exp(0.2 * random.normal());
    return {
      ...{ ...run, seconds: steps, secondsPerStep, medianSecondsPerStep: secondsPerStep },
      ...{ tensorBytes: 1, dpoGradients: 1, sftGradients: 1, lossEvaluations: 0 },
    };
  });
}

describe('the rule for verdicts', () => {
  const counts = [presets.synthetic.scale.seeds, presets.stories260k.full.seeds];

  it.each(counts)('says nothing of identical schedules in 95 of 100 experiments at least, with %i seeds', (seeds) => {
    const random = stream(seeds, 'identical');
    const experiments = 400;
    let wrong = 0;
    let wrongUncorrected = 0;
    let claims = 0;
    for (let i = 0; i < experiments; i++) {
      const open = openClaims(scale, identical(seeds, random));
      const cost = openCostClaims(steps, identicalCosts(seeds, random));
      claims = open.length + cost.length;
      const verdicts = [...judged(open, cost.length), ...judgedApart(cost, claims)];
      if (verdicts.some(({ verdict }) => verdict !== 'undecided')) wrong += 1;
      if (verdicts.some(({ pValue }) => pValue <= familyWiseError)) wrongUncorrected += 1;
    }
    expect(claims).toBeGreaterThan(70);
    expect(wrong / experiments).toBeLessThanOrEqual(familyWiseError);
    // It is tight enough to be tested, and without the correction nearly every experiment would say something.
    expect(wrong).toBeGreaterThan(0);
    expect(wrongUncorrected / experiments).toBeGreaterThan(0.7);
  });

  it('says in how many seeds a longer run is itself the minimum that its gap is measured from', () => {
    const rows = identical(3, stream(0, 'identical')).map((row) =>
      row.schedule === 'sequential-sft-dpo' && row.steps === longer && row.seed < 2 ? { ...row, gap: 0 } : row,
    );
    const said = openClaims(scale, rows).filter(({ kind }) => kind === 'persistence');
    expect(said.map(({ measured }) => /itself the least of all runs in (.*) seeds/.exec(measured('0'))?.[1])).toEqual([
      '2 of 3',
      undefined,
    ]);
  });

  it('decides a difference that all seeds show, either way, and none that few seeds could show by chance', () => {
    const apart = (mean: number, spread: number, seeds: number) =>
      Array.from({ length: seeds }, (_, seed) => mean + spread * (seed % 2 === 0 ? 1 : -1));
    const of = (samples: readonly number[]) => ({ claim: '', samples, threshold: 0 });
    const found = judged([of(apart(1, 0.1, 8)), of(apart(-1, 0.1, 8)), of(apart(0.1, 0.1, 8)), of([1])], 60);
    expect(found.map(({ verdict }) => verdict)).toEqual(['agrees', 'disagrees', 'undecided', 'undecided']);
    expect(found[0].level).toBe(0.05 / 64);
    expect(found[1].level).toBe(0.05 / 63);
    for (const { verdict, pValue, level } of found) expect(verdict !== 'undecided').toBe(pValue <= level);
  });
});
