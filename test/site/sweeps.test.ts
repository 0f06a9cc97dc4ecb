import { expect, it } from 'vitest';
import { ensembles } from '../../site/playground/ensembles.js';
import { jobOf } from '../../site/playground/job.js';
import type { Job, Sweep } from '../../site/playground/protocol.js';
import { initialState, type State } from '../../site/playground/state.js';
import { subjectOf } from '../../site/playground/subject.js';
import { sweeps } from '../../site/playground/sweeps.js';
import { stillTrue } from '../../site/playground/sweep-view.js';
import { tradeOff } from '../../site/playground/trade-off.js';
import { paper } from '../../src/schedule/key.js';

const state: State = { ...initialState, kind: 'log-linear', steps: 200, seeds: 3, firstStage: 0.3, lambda: 0.4 };
const jobFor = (changed: Partial<State> = {}): Job => ({ id: 1, ...jobOf({ ...state, ...changed }) });

async function swept(): Promise<Map<string, Sweep>> {
  const job = jobFor();
  const found = new Map<string, Sweep>();
  for await (const sweep of sweeps(await subjectOf(job), job)) if (sweep !== undefined) found.set(sweep.name, sweep);
  return found;
}

/** The gap that the table has for a schedule. */
async function tabled(changed: Partial<State>, key: State['schedules'][number]): Promise<number | undefined> {
  const job = jobFor(changed);
  const slices = [...ensembles(await subjectOf(job), job, [key], new Map())];
  return slices.at(-1)?.[0].ensemble.final.gap.mean;
}

it('sweeps the gaps that the table and the remedies have at each value of a setting', async () => {
  const found = await swept();
  const gapAt = (name: string, value: number, key: State['schedules'][number] = paper.sftThenDpo) =>
    found.get(name)?.points.find((point) => point.value === value)?.gaps[key];
  for (const firstStage of [0, 0.5, 1]) {
    expect(gapAt('share', firstStage)).toBe(await tabled({ firstStage }, paper.sftThenDpo));
  }
  for (const key of [paper.sftThenDpo, paper.alright]) {
    expect(gapAt('steps', 1000, key)).toBe(await tabled({ steps: 1000 }, key));
  }
  expect(new Set([...found.values()].map(({ seeds }) => seeds))).toEqual(new Set([3]));

  const job = jobFor({ logLinear: { ...state.logLinear, conflict: -0.5 }, remedies: ['sequential'] });
  const answers = [...tradeOff(await subjectOf(job), job)];
  const limit = answers.flatMap((answer) => (answer?.kind === 'remedies' ? answer.remedies : []))[0].limit?.gap ?? NaN;
  expect(gapAt('conflict', -0.5)).toBeCloseTo(limit, 9);
});

it('keeps what a change of the state leaves true, and that alone', () => {
  const names = ['share', 'steps', 'conflict'] as const;
  const all = new Map(names.map((name) => [name, { name, points: [], seeds: 1 }]));
  const kept = (changed: Partial<State>): string[] => [...stillTrue(all, state, { ...state, ...changed }).keys()];
  expect(kept({ measure: 'maxGap', forgetAtMost: 0.1, remedies: [] })).toEqual(names);
  expect(kept({ firstStage: 0.7 })).toEqual(['share', 'conflict']);
  expect(kept({ steps: 300 })).toEqual(['steps', 'conflict']);
  expect(kept({ logLinear: { ...state.logLinear, conflict: 0 } })).toEqual(['conflict']);
  expect(kept({ lambda: 0.5 })).toEqual([]);
  expect(kept({ file: { name: 'other.json', text: '{}' } })).toEqual([]);
});
