import { join } from 'node:path';
import { enclosedFront } from '../src/convex/front/enclosed-front.js';
import { fromText } from '../src/convex/generate/from-text.js';
import { logLinear } from '../src/convex/generate/log-linear.js';
import { quadratic } from '../src/convex/generate/quadratic.js';
import { readDemonstrations, readPreferenceRecords } from '../src/convex/generate/records.js';
import type { Problem } from '../src/convex/problem/problem.js';
import { parseProblem } from '../src/convex/problem/parse.js';
import { readProblem } from '../src/convex/problem/read.js';

// npx tsx bench/front.ts [problem.json]: solves and processor seconds of enclosed fronts against their error, as a table.
// Real text where FORGETTING_DATA is set; a problem file, such as one of a model's features, as a row more.
const errors = [1e-2, 1e-3, 1e-4, 1e-5];
const data = process.env.FORGETTING_DATA;
const file = process.argv.at(2);

/** One line of the table; text takes minutes below 1e-3. */
function row(name: string, problem: Problem, upTo: readonly number[]): string {
  const found = upTo.map((error) => {
    const before = process.cpuUsage();
    const front = enclosedFront(problem, { error });
    const { user, system } = process.cpuUsage(before);
    return { solves: front.supports.length, error: front.error, seconds: (user + system) / 1e6 };
  });
  const cells = errors.map((_, i) => {
    const one = found.at(i);
    return one === undefined ? '–' : `${one.solves}, ${one.seconds.toFixed(2)} s`;
  });
  return `| ${[name, ...cells, exponent(found).toFixed(2)].join(' | ')} |`;
}

/** The slope of log error against log solves, by least squares. */
function exponent(found: readonly { readonly solves: number; readonly error: number }[]): number {
  const points = found.map(({ solves, error }) => [Math.log(solves), Math.log(error)] as const);
  const mean = (k: 0 | 1): number => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

const lines = [`| problem | ${errors.join(' | ')} | exponent |`, `|${'---|'.repeat(errors.length + 2)}`];
lines.push(row('quadratic, d = 2', await parseProblem(quadratic({ dimension: 2 })), errors));
lines.push(row('log-linear, d = 50', await parseProblem(logLinear({ dimension: 50 })), errors));
if (data !== undefined) {
  const preferences = readPreferenceRecords(join(data, 'preferences', 'hh-harmless.train.jsonl'));
  const sft = readDemonstrations(join(data, 'sft', 'alpaca.train.jsonl'));
  lines.push(row('real text, d = 256', await parseProblem(fromText({ preferences, sft })), errors.slice(0, 2)));
}
if (file !== undefined) {
  const problem = await readProblem(file);
  lines.push(row(`${file}, d = ${problem.dimension}`, problem, errors));
}
process.stdout.write(`${lines.join('\n')}\n`);
