import { expect, it } from 'vitest';
import { llm } from '../../experiments/llm.js';
import { llmSensitivityFigure } from '../../figures/llm-sensitivity.js';
import { noEnd } from '../../src/study/results.js';
import { exampleResults } from './example-results.js';

it('leaves out the means of which a run diverged, and says which', async () => {
  const { sensitivity } = await exampleResults(llm);
  const diverged = sensitivity.findIndex(({ variedOf, variedBy }) => variedOf === 'learning rate' && variedBy === 3);
  const { schedule, comparison } = sensitivity[diverged];
  expect([schedule, comparison]).toEqual(['sequential-sft-dpo', 'sft-dpo']);
  const whole = await llmSensitivityFigure.draw(exampleResults);
  const figure = await llmSensitivityFigure.draw(async (asked) => ({
    ...(await exampleResults(asked)),
    sensitivity: sensitivity.with(diverged, { ...sensitivity[diverged], ...noEnd }),
  }));
  expect(whole.caption).not.toMatch(/diverged/);
  expect(figure.caption).toMatch(/Left out, because a run diverged: Sequential.* at learning rate × 3 \(.+\)\.$/);
  // Of its two panels, held-out f_SFT and f_DPO.
  expect(whole.rows.length - figure.rows.length).toBe(2);
});
