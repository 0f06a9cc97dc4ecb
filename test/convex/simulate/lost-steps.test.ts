import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answeredJson } from '../../cli/in-process.js';
import { fileIn } from '../../cli/command.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

interface Quadratic {
  readonly minimizer: readonly number[];
  readonly start: readonly number[];
  readonly curvatures?: readonly number[];
  readonly noise?: number;
}

/** A pair of equal quadratics with diagonal Hessians, whose gap after T steps of size α is known in closed form. */
function pair({ minimizer, start, curvatures = minimizer.map(() => 1), noise = 0 }: Quadratic): string {
  const hessian = curvatures.map((curvature, i) => curvatures.map((_, j) => (i === j ? curvature : 0)));
  const objective = { hessian, minimizer, noise };
  const name = `${Math.abs(start[0])}-${curvatures.join('-')}-${noise}.json`;
  return fileIn(folder, name, { kind: 'quadratic', objectives: { dpo: objective, sft: objective }, start });
}

interface Ran {
  readonly warnings: readonly string[];
  readonly final: { readonly gap: { readonly mean: number } };
  readonly exactGap: number | null;
}

function run(problem: string, schedule: string, steps: number, stepSize: string): Promise<Ran> {
  const given = ['--schedule', schedule, '--lambda', '0.5', '--steps', String(steps), '--step-size', stepSize];
  return answeredJson(['run', problem, ...given, '--seeds', '2', '--json']) as Promise<Ran>;
}

describe('steps that rounding takes are said, with where', () => {
  it.each(['mix', 'alright', 'sequential', 'maxright'])('from the first step of %s', async (schedule) => {
    // Doubles near 1e16 lie 2 apart: a step of 1e-3 · 1000 is half of that, and θ never moves.
    const { warnings, final } = await run(pair({ minimizer: [1e16], start: [1e16 + 1000] }), schedule, 100, '1e-3');
    expect(final.gap.mean).toBe(500_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^step 1 on (?:F_λ|f_DPO|f_SFT) is lost in rounding, .* in 1 of 1 coordinate of θ/);
    expect(warnings[0]).toContain('numbers near 10000000000000000 lie 2 apart');
  });

  it('on the way, where the last point is what shows it', async () => {
    // Within 100 of the minimum a step of 0.01 · 100 is half the distance between doubles: the gap stays ½ · 100².
    const { warnings, final, exactGap } = await run(pair({ minimizer: [1e16], start: [0] }), 'mix', 10_000, '0.01');
    expect(final.gap.mean).toBe(5000);
    expect(exactGap).toBeLessThan(1e-50);
    expect(warnings).toEqual([expect.stringMatching(/^step 10000 on F_λ is lost in rounding/)]);
  });

  it('of one coordinate, by a step size that vanishes', async () => {
    const problem = pair({ minimizer: [0, 1], start: [1, 2], curvatures: [1, 1e-3] });
    const { warnings } = await run(problem, 'mix', 3000, '0.9/t^4');
    expect(warnings).toEqual([
      expect.stringMatching(/^step 3000 on F_λ is lost in rounding, .* in 1 of 2 coordinates/),
    ]);
  });

  it('and nothing is said of a run that has converged as far as numbers go, nor of noise', async () => {
    const converged = pair({ minimizer: [1, -2], start: [0, 0] });
    for (const schedule of ['mix', 'alright', 'sequential', 'maxright', 'mgda']) {
      expect((await run(converged, schedule, 3000, '0.1')).warnings).toEqual([]);
    }
    const noisy = pair({ minimizer: [1, -2], start: [0.5, 0], noise: 0.3 });
    expect((await run(noisy, 'alright', 3000, '0.3/sqrt(t)')).warnings).toEqual([]);
    expect((await run(join('examples', 'log-linear.json'), 'alright', 500, '0.3/sqrt(t)')).warnings).toEqual([]);
  });
});
