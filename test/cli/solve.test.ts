import { beforeAll, describe, expect, it } from 'vitest';
import { closedFormFile, expressionFile, planeFile } from '../problems.js';
import { fileIn } from './command.js';
import { answered, answeredJson } from './in-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
let closedForm: string;
beforeAll(() => {
  closedForm = fileIn(folder, 'closed-form.json', closedFormFile());
});

describe('forgetting solve', () => {
  it('prints the certified optima of the closed-form pair', async () => {
    const solved = (await answeredJson(['solve', closedForm, '--lambda', '0.1', '--lambda', '0.5', '--json'])) as {
      ideal: unknown;
      points: { lambda: number; minimizer: number[]; dpo: number; sft: number; value: number; certificate: number }[];
      max: { lambda: number; minimizer: number[]; value: number; certificate: number }[];
    };
    expect(solved.ideal).toEqual({ dpo: 0, sft: 0 });
    // F_λ = λ½(θ − 1)² + (1 − λ)½(θ + 1)² is smallest at θ = 2λ − 1, with value 2λ(1 − λ).
    expect(solved.points.map(({ lambda }) => lambda)).toEqual([0.1, 0.5]);
    solved.points.forEach(({ lambda, minimizer, value, dpo, sft, certificate }) => {
      expect(minimizer[0]).toBeCloseTo(2 * lambda - 1, 12);
      expect(value).toBeCloseTo(2 * lambda * (1 - lambda), 12);
      expect(lambda * dpo + (1 - lambda) * sft).toBeCloseTo(value, 12);
      expect(certificate).toBeLessThanOrEqual(1e-10);
    });
    // F_max is smallest where √λ (1 − θ) = √(1 − λ) (1 + θ).
    solved.max.forEach(({ lambda, minimizer, value, certificate }) => {
      const [a, b] = [Math.sqrt(lambda), Math.sqrt(1 - lambda)];
      expect(minimizer[0]).toBeCloseTo((a - b) / (a + b), 6);
      expect(value).toBeCloseTo((2 * lambda * (1 - lambda)) / (a + b) ** 2, 10);
      expect(certificate).toBeLessThanOrEqual(1e-10);
    });
  });

  it('says whether the convexity of expressions is proved, and marks certificates as conditional on it', async () => {
    const proved = fileIn(folder, 'expression.json', expressionFile());
    expect(await answeredJson(['solve', proved, '--json'])).toMatchObject({ convexity: 'proved' });
    expect(await answeredJson(['solve', proved, '--json'])).not.toHaveProperty('conditionalOn');
    const objectives = { dpo: '(x^2 + y^2)^2 + x^2*y^2', sft: 'x^2 + y^2' };
    const sampled = fileIn(folder, 'sampled.json', { ...expressionFile(), objectives });
    expect(await answeredJson(['solve', sampled, '--json'])).toMatchObject({
      convexity: 'sampled',
      conditionalOn: 'convexity',
    });
    expect((await answered(['solve', sampled])).stdout).toContain('conditional on convexity');
  });
});

describe('forgetting evaluate', () => {
  it('prints both objectives and their gradients', async () => {
    expect(await answeredJson(['evaluate', closedForm, '--at', '[0.5]', '--json'])).toEqual({
      dpo: 0.125,
      sft: 1.125,
      dpoGradient: [-0.5],
      sftGradient: [1.5],
      convexity: 'proved',
    });
  });

  it('refuses points of another shape', async () => {
    for (const at of ['[1, 2]', '[null]', '1', 'x', '["a"]', '[1e999]', '[1e200]']) {
      const { code, stderr, stdout } = await answered(['evaluate', closedForm, '--at', at]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^forgetting: at: got .*\n$/);
    }
  });
});

describe('a problem file that is wrong', () => {
  const plane = planeFile() as Record<string, unknown>;
  const withObjective = (more: object) => ({
    ...plane,
    objectives: {
      dpo: {
        hessian: [
          [1, 0],
          [0, 1],
        ],
        minimizer: [1, 2],
        ...more,
      },
      sft: {
        hessian: [
          [1, 0],
          [0, 1],
        ],
        minimizer: [0, 0],
      },
    },
  });
  it.each([
    ['malformed JSON', '{"kind": "quadratic",', /problem file: got .*expected JSON/],
    ['NaN', '{"kind":"quadratic","start":[NaN]}', /problem file: got .*NaN/],
    ['an infinite number', JSON.stringify(plane).replace('0.2', '1e999'), /start\[0\]: got Infinity/],
    ['no kind', {}, /kind: got nothing/],
    ['another kind', { kind: 'cubic' }, /kind: got "cubic"/],
    ['a wrong shape', withObjective({ minimizer: [1] }), /objectives\.dpo\.minimizer: got \[1\], expected 2 entries/],
    ['a string for a number', withObjective({ noise: 'x' }), /objectives\.dpo\.noise: got "x", expected a number/],
    [
      'an indefinite Hessian',
      withObjective({
        hessian: [
          [1, 0],
          [0, -1],
        ],
      }),
      /objectives\.dpo\.hessian: got .*eigenvalue -1/,
    ],
    [
      'an asymmetric Hessian',
      withObjective({
        hessian: [
          [1, 0.5],
          [0, 1],
        ],
      }),
      /objectives\.dpo\.hessian\[1\]\[0\]: got 0, expected .*symmetric/,
    ],
    ['an unknown field', { ...plane, radios: 3 }, /radios: got 3, expected no field of this name/],
    ['a start outside the ball', { ...plane, radius: 0.1 }, /start: got .*ball of radius 0.1/],
    ['a negative radius', { ...plane, radius: -1 }, /radius: got -1/],
    ['an expression without radius or modulus', { ...expressionFile(), radius: undefined }, /radius: got nothing/],
    [
      'an expression that is not convex',
      { ...expressionFile(), objectives: { dpo: 'sin(x) + y^2', sft: 'x^2' } },
      /objectives\.dpo: got "sin\(x\) \+ y\^2", expected a convex function; on the chord from \(.*\) to \(.*\)/,
    ],
    [
      'an expression that reaches outside its variables',
      { ...expressionFile(), objectives: { dpo: 'x^2 + process', sft: 'x^2' } },
      /objectives\.dpo: got .* without the name process/,
    ],
  ])('%s: one line, exit code 2', async (_what, content, message) => {
    const { code, stderr, stdout } = await answered(['solve', fileIn(folder, 'bad.json', content), '--json']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('a missing file', async () => {
    const { code, stderr } = await answered(['solve', `${folder}/none.json`]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/none\.json: got "no such file"/);
  });
});

describe('forgetting schema', () => {
  it('prints a JSON Schema that names the three kinds', async () => {
    const schema = (await answeredJson(['schema'])) as { oneOf: { properties: { kind: { const: string } } }[] };
    expect(schema.oneOf.map(({ properties }) => properties.kind.const)).toEqual([
      'quadratic',
      'log-linear',
      'expression',
    ]);
  });
});
