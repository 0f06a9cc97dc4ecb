import type { ProblemFile } from '../../src/convex/problem/format.js';
import { closedForm as closedFormPair } from '../../src/convex/generate/closed-form.js';
import type { LogLinearOptions } from '../../src/convex/generate/log-linear.js';
import { InputError } from '../../src/base/input-error.js';
import type { Ellipse, State } from './state.js';

/** Where a problem comes from: its file, or the options of the generator that writes the file. */
export type ProblemSource =
  | { readonly kind: 'file'; readonly file: unknown }
  | { readonly kind: 'log-linear'; readonly options: LogLinearOptions };

/** The source of the problem that the state describes; throws an InputError where a file of one's own is not JSON. */
export function problemSource({ kind, quadratic, logLinear, closedForm, file }: State): ProblemSource {
  switch (kind) {
    case 'quadratic': {
      const { dpo, sft, start, noise, radius } = quadratic;
      const pair: ProblemFile = {
        kind: 'quadratic',
        objectives: {
          dpo: { hessian: hessian(dpo), minimizer: [dpo.x, dpo.y], noise },
          sft: { hessian: hessian(sft), minimizer: [sft.x, sft.y], noise },
        },
        start: [...start],
        ...(radius === 0 ? {} : { radius }),
      };
      return { kind: 'file', file: pair };
    }
    case 'log-linear': {
      const { problemSeed, ...options } = logLinear;
      return { kind: 'log-linear', options: { dimension: 2, ...options, seed: problemSeed } };
    }
    case 'closed-form':
      return { kind: 'file', file: closedFormPair(closedForm) };
    case 'file':
      try {
        return { kind: 'file', file: JSON.parse(file.text) as unknown };
      } catch (error) {
        throw new InputError('problem file', file.name, `JSON (${(error as Error).message})`);
      }
  }
}

/** The Hessian whose ellipse f = ½ has the given radii: eigenvalue 1/r² along each axis. */
export function hessian({ first, second, angle }: Ellipse): number[][] {
  const [a, b] = [1 / first ** 2, 1 / second ** 2];
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const across = rounded((a - b) * cos * sin);
  return [
    [rounded(a * cos * cos + b * sin * sin), across],
    [across, rounded(a * sin * sin + b * cos * cos)],
  ];
}

/** Six decimals: a file that can be read, far below what an eye sees. */
function rounded(value: number): number {
  return Number(value.toFixed(6)) + 0;
}
