// The gap that each schedule leaves after ever more steps: npx tsx examples/compare-schedules.ts [problem.json]
import { certifiedOptima, ensembleMeasures, readProblem, runEnsemble, stepSizes } from 'forgetting';

const file = process.argv[2] ?? new URL('quadratic.json', import.meta.url).pathname;
const problem = await readProblem(file);
const lambda = 0.25;
const optima = certifiedOptima(problem, lambda);

for (const schedule of ['sequential', 'mix', 'alright', 'maxright']) {
  const gaps: string[] = [];
  for (const steps of [100, 1000, 10000]) {
    const trajectories = await runEnsemble({
      problem,
      schedule,
      settings: {
        schedule: { lambda, steps, ideal: optima.values.ideal },
        stepSizes: stepSizes('0.5/sqrt(t)', steps),
        batch: 1,
        values: 'full',
        gradientBatch: 'shared',
        record: [steps],
      },
      seed: 0,
      seeds: 20,
    });
    const { gap, maxGap } = ensembleMeasures(trajectories, 0, optima.values);
    // MAXRIGHT minimises F_max, the others F_λ.
    gaps.push((schedule === 'maxright' ? maxGap : gap).mean.toPrecision(3));
  }
  console.log(`${schedule.padEnd(10)} after 100, 1000, 10000 steps: ${gaps.join('  ')}`);
}
