import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TableRow } from '../../src/llm/results/trainer-log.js';
import { FileError, readRows, readTables } from '../../site/results/read.js';
import { recognised } from '../../site/results/recognise.js';
import { linearDomain } from '../../src/figure/layers.js';
import { fromAddress, toAddress } from '../../site/playground/address.js';
import { initialState } from '../../site/playground/state.js';

const text = (lines: string): ArrayBuffer => Uint8Array.from(Buffer.from(lines)).buffer;

describe('the address of the playground', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('has no part called %s', async (name) => {
    const { state, refused } = await fromAddress(`#${name}=1&lambda=0.25`);
    expect(refused).toEqual([`${name}=1`]);
    expect(state).toEqual({ ...initialState, lambda: 0.25 });
  });

  it.each([
    'steps=0',
    'steps=1e9',
    'lambda=NaN',
    'seeds=Infinity',
    'dpo=1,2,0,1,0',
    'schedules=constructor',
    'measure=toString',
  ])('says nothing by %s', async (part) => {
    const { state, refused } = await fromAddress(`#${part}`);
    expect([state, refused]).toEqual([initialState, [part]]);
  });

  it('holds a file, but none that expands without limit', async () => {
    const own = { ...initialState, kind: 'file' as const, file: { name: 'a.json', text: '{"a": "θ"}' } };
    expect((await fromAddress(await toAddress(own))).state).toEqual(own);
    const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20)).toString('base64url');
    expect((await fromAddress(`#file=${bomb}`)).refused).toEqual(['file']);
    const noText = deflateRawSync(Buffer.from([0xff, 0xfe])).toString('base64url');
    expect((await fromAddress(`#file=${noText}`)).refused).toEqual(['file']);
  });
});

describe('a results file', () => {
  const whole = { schedule: 'mix', lambda: 0.5, steps: 2, step: 2, dpo: 1, sft: 1, gradients: 4, evaluations: 0 };
  const step = { step: 1, choice: 'dpo', loss: 1, dpoLoss: 1 };
  const cases: [string, TableRow[], RegExp | undefined][] = [
    ['as it is', [whole], undefined],
    ['steps: 0', [{ ...whole, steps: 0 }], /row 1: steps: got 0, expected a number > 0/],
    [
      'a gradient count that is none',
      [{ ...whole, evaluations: 'x' }],
      /evaluations: got "x", expected a finite number/,
    ],
    ['no evaluations', [{ ...whole, evaluations: undefined }], undefined],
    ['a value out of range', [JSON.parse('{"step":1,"dpo":1e999,"sft":1}') as TableRow], /dpo: got Infinity/],
    ['a choice that every object has', [{ ...step, choice: 'constructor' }], /choice: got "constructor", expected dpo/],
    ['a choice that is no word', [{ ...step, choice: { toString: 1 } }], /choice: got {"toString":1}, expected dpo/],
    ['a loss that is none', [{ ...step, dpoLoss: 'x' }], /dpoLoss: got "x", expected a finite number/],
    [
      'more steps on DPO than steps',
      [
        { ...whole, step: 0, dpoSteps: 0 },
        { ...whole, step: 2, dpoSteps: 3 },
      ],
      /row 2: dpoSteps: got 3 more than before, expected 0 to 2/,
    ],
    [
      'names that every object has',
      [JSON.parse('{"__proto__":1,"constructor":2}') as TableRow],
      /expected step, dpo, sft/,
    ],
    [
      'a cost without steps',
      [{ steps: 0, medianSecondsPerStep: 1, tensorBytes: 1, dpoGradients: 1, sftGradients: 1, lossEvaluations: 0 }],
      /steps: got 0/,
    ],
  ];
  it.each(cases)('%s', (_name, rows, message) => {
    const read = () => recognised('f.jsonl', rows, 'f');
    if (message === undefined) {
      const [{ cost }] = read();
      expect(Object.values(cost).every(Number.isFinite)).toBe(true);
      expect(cost.gradients).toBe(2);
    } else {
      expect(read).toThrow(FileError);
      expect(read).toThrow(message);
    }
  });

  it('is refused in one short line whatever it holds', async () => {
    await expect(readRows('f.jsonl', text(`\r\u001b[2J${'x'.repeat(1e5)}`))).rejects.toThrow(
      /^f\.jsonl:1: got \\r\\u001b.{1,40}…, /,
    );
    await expect(readRows('f.jsonl', Uint8Array.of(0x7b, 0xff).buffer)).rejects.toThrow('not UTF-8');
  });

  it('may be the log of a trainer elsewhere', async () => {
    const lines = [
      { schedule: 'alright', step: 1, choice: 'dpo', sft_loss: null, dpo_loss: 0.69 },
      { schedule: 'alright', step: 2, choice: 'sft', sft_loss: 2.5, dpo_loss: null },
    ];
    const [rows] = await readTables('steps.jsonl', text(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    expect(recognised('steps.jsonl', rows, 'a')).toMatchObject([
      {
        schedule: 'alright',
        steps: [
          { step: 1, dpoShare: 1, dpoLoss: 0.69, sftLoss: null },
          { step: 2, dpoShare: 0, dpoLoss: null, sftLoss: 2.5 },
        ],
      },
    ]);
  });

  it('may be the trainer_state.json of a trainer of TRL', async () => {
    const history = [
      { epoch: 0.1, step: 1, loss: 0.69, 'rewards/chosen': 0, learning_rate: 1e-5 },
      { epoch: 0.2, step: 2, loss: 2.5, mean_token_accuracy: 0.4 },
      { epoch: 0.2, step: 2, eval_sft_loss: 2.4, eval_sft_runtime: 1 },
      { epoch: 0.2, step: 2, eval_dpo_loss: 0.66, 'eval_dpo_rewards/margins': 0.1 },
      { epoch: 0.3, step: 3, choice: 'mix', sft_loss: 2.3, dpo_loss: 0.6, loss: 1.4 },
      { epoch: 0.3, step: 4, eval_dpo_loss: 0.6 },
      { epoch: 0.3, step: 4, train_runtime: 3, train_loss: 1.2 },
    ];
    const read = async (entries: unknown): Promise<TableRow[][]> =>
      readTables('trainer_state.json', text(JSON.stringify({ global_step: 4, log_history: entries }, null, 2)));
    const runs = (await read(history)).flatMap((rows) => recognised('trainer_state.json', rows, 'a'));
    expect(runs.flatMap(({ steps }) => steps)).toEqual([
      { step: 1, dpoShare: 1, dpoLoss: 0.69, sftLoss: null },
      { step: 2, dpoShare: 0, dpoLoss: null, sftLoss: 2.5 },
      { step: 3, dpoShare: 0.5, dpoLoss: 0.6, sftLoss: 2.3 },
    ]);
    expect(runs.flatMap(({ measures }) => measures)).toMatchObject([{ step: 2, dpo: 0.66, sft: 2.4 }]);
    for (const [entries, message] of [
      [
        [{ step: 1, loss: 2 }],
        'trainer_state.json: log_history[0].loss: got 2, expected sft_loss or dpo_loss in the same row',
      ],
      [[{ step: 1, sft_loss: 2, dpo_loss: 1 }], 'log_history[0].choice: got nothing, expected dpo, sft or mix'],
      [[{ step: 1, sft_loss: '2' }], 'log_history[0].sft_loss: got "2", expected a number'],
      [[{ step: -1, sft_loss: 2 }], 'log_history[0].step: got -1'],
      [[], 'log_history: got "0 entries without a loss"'],
      [7, 'log_history: got 7, expected an array'],
    ] as const) {
      await expect(read(entries)).rejects.toThrow(FileError);
      await expect(read(entries)).rejects.toThrow(message);
    }
  });

  it('may be the timing of 300,000 steps, and so many values are drawn', () => {
    const rows = Array.from({ length: 3e5 }, (_, i) => ({ step: i + 1, seconds: 1, tensorBytes: i }));
    expect(recognised('timing.jsonl', rows, 'a')[0].cost.bytes).toBeCloseTo(0.299999);
    expect(
      linearDomain(
        rows.map(({ step }) => step),
        0,
      ),
    ).toEqual([1, 3e5]);
  });
});
