import { expect, it } from 'vitest';
import { advise } from '../../src/advice/advise.js';
import { textAbove, textBelow } from '../../src/base/outward-text.js';
import { enclosedFront } from '../../src/convex/front/enclosed-front.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { closedFormFile } from '../problems.js';

it('advises the λ of a budget, what Sequential forgets and which schedules get there, with certified numbers', async () => {
  const problem = await parseProblem(closedFormFile());
  const { sentences, choice, ways, commands } = advise(problem, { file: 'pair.json', forgetAtMost: 0.1 });
  const texts = sentences.map(({ text }) => text).join('\n');
  for (const { numbers } of sentences.slice(0, 2)) {
    const { loss } = numbers as { loss: { lower: number; upper: number } };
    expect(loss.lower).toBeLessThanOrEqual(2);
    expect(loss.lower).toBeGreaterThan(1.999);
    expect(loss.upper).toBeGreaterThanOrEqual(2);
    expect(loss.upper).toBeLessThan(2 + 1e-12);
  }
  const lambda = Math.sqrt(0.05);
  expect(choice.lambda[0]).toBeLessThanOrEqual(lambda);
  expect(choice.lambda[1]).toBeGreaterThanOrEqual(lambda);
  expect(texts).toContain('Sequential, SFT then DPO');
  expect(texts).toContain('one unit of f_DPO costs between 0.28');
  expect(ways.find(({ name }) => name === 'alright')).toMatchObject({ cost: { gradients: 1, evaluations: 0 } });
  expect(commands).toContain('forgetting run pair.json --schedule alright --lambda 0.223607 --steps 10000');
  expect(commands).toContain('forgetting front pair.json --forget-at-most 0.1 --json');
  expect(commands.find((line) => line.includes('--schedule budget'))).toContain('--forget-at-most 0.1 ');
  expect(() => advise(problem, { forgetAtMost: 2.5 })).toThrow('[0, 2]');
  expect(
    advise(problem)
      .sentences.map(({ text }) => text)
      .join('\n'),
  ).toContain('The knee');
});

it('beside a constant of 1e15 claims no more than doubles tell: not the limit of MGDA as least, nor ranges', async () => {
  // Of x² and (x − 1)²: MGDA stays at the start, ½, where F_λ is (λ − ½)² above its minimum.
  const problem = await parseProblem({
    kind: 'expression',
    variables: ['x'],
    objectives: { dpo: '1e15 + x^2', sft: '1e15 + (x - 1)^2' },
    radius: 2,
    start: [0.5],
  });
  const { sentences, ways, choice } = advise(problem);
  const lambda = Number(((choice.lambda[0] + choice.lambda[1]) / 2).toPrecision(6));
  const { gap = NaN, certificate = NaN } = ways.find(({ name }) => name === 'mgda') ?? {};
  expect(gap + certificate).toBeGreaterThanOrEqual((lambda - 0.5) ** 2);
  const front = enclosedFront(problem, { error: 1e-3 });
  expect(front.flat).toEqual(['dpo', 'sft']);
  expect(sentences[2].text).toContain('f_DPO counts as varying by');
});

it('of a straight front, whose every λ but one leads to an end, advises what keeps the budget and calls no point the knee', async () => {
  const objectives = { dpo: 'abs(x-1)', sft: 'abs(x+1)' };
  const line = { kind: 'expression', variables: ['x'], objectives, radius: 5, start: [-4] };
  const problem = await parseProblem(line);
  const said = ({ sentences }: ReturnType<typeof advise>): string => sentences.map(({ text }) => text).join('\n');
  const { commands, ways, ...rest } = advise(problem, { forgetAtMost: 0.5 });
  // MAXRIGHT ends where both have lost 1: on the front, with the least F_λ, and beyond the budget.
  expect(ways.find(({ name }) => name === 'maxright')).toMatchObject({ sft: expect.closeTo(1, 6) as number });
  expect(said({ commands, ways, ...rest })).not.toMatch(/maxright|alright/);
  expect(ways.find(({ name }) => name === 'budget')).toMatchObject({ sft: 0.5, dpo: 1.5 });
  expect(commands[0]).toContain('--schedule budget --lambda 0.5 --forget-at-most 0.5 ');
  const middle = advise(problem);
  expect(said(middle)).toMatch(/straight, so that no point of it is a knee; its middle has f_SFT ≤ 1(?:\.00001)? and/);
  expect(middle.commands.join('\n')).not.toContain('--knee');
});

it('of one θ that is best for both says so', async () => {
  const both = { minimizer: [2, 3], noise: 0 };
  const hessian = (b: number): number[][] => [[1, 0], [0, b]]; // prettier-ignore
  const objectives = { dpo: { ...both, hessian: hessian(1) }, sft: { ...both, hessian: hessian(2) } };
  const { sentences } = advise(await parseProblem({ kind: 'quadratic', objectives, start: [1, 1] }));
  expect(sentences.map(({ text }) => text).slice(2, 4)).toEqual([
    'Nothing is to be traded: one θ is best for both objectives.',
    'There f_SFT ≤ 0 and f_DPO between 0 and 0: λ between 0 and 1.',
  ]);
});

it('says numbers of intervals rounded outwards', () => {
  expect([textBelow(1.9999999), textAbove(1.0000001)]).toEqual(['1.99999', '1.00001']);
  for (const x of [Math.PI, -Math.PI, 1e-20 / 3, 2 / 3e-9, 0, 5]) {
    expect(Number(textBelow(x))).toBeLessThanOrEqual(x);
    expect(Number(textAbove(x))).toBeGreaterThanOrEqual(x);
  }
});
