// The certified Pareto front of a problem file, as CSV: npx tsx examples/pareto-front.ts [problem.json]
import { paretoFront, readProblem } from 'forgetting';

const file = process.argv[2] ?? new URL('quadratic.json', import.meta.url).pathname;
const problem = await readProblem(file);
const lambdas = Array.from({ length: 11 }, (_, i) => i / 10);
console.log('lambda,dpo,sft,certificate');
for (const { lambda, dpo, sft, certificate } of paretoFront(problem, lambdas)) {
  console.log([lambda, dpo, sft, certificate].join());
}
