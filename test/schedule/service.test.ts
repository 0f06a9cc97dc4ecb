import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/input-error.js';
import { schedules } from '../../src/schedule/index.js';
import type { ObjectiveName, Schedule, ScheduleSettings } from '../../src/schedule/schedule.js';
import { coinOf } from '../../src/schedule/coin.js';
import {
  createService,
  exportedChoices,
  firstPosition,
  restored,
  saved,
  type ServiceQuestion,
  type Service,
} from '../../src/schedule/service.js';
import { speak } from '../../src/schedule/speak.js';
import { drawnChoice, drawnFor, evaluatedBefore, gradientsOf, observed, weightsOf } from '../../src/schedule/step.js';

const settings: ScheduleSettings = { lambda: 0.3, steps: 8, ideal: { dpo: 0.1, sft: 0.8 } };

/** The value of an objective at a step, as a trainer would measure it. */
function valueAt(objective: ObjectiveName, step: number): number {
  return objective === 'dpo' ? 0.9 / step + 0.1 * Math.sin(step) ** 2 : 1 + Math.cos(step);
}

const gramAt = (step: number) => ({ dpo: 1 + step, sft: 2, inner: Math.cos(step) });

/** What a trainer answers to a question. */
function answerTo(question: Exclude<ServiceQuestion, { finished: true }>): Record<string, unknown> {
  const { step } = question;
  if ('gram' in question) return { gram: gramAt(step) };
  const [field, objectives] =
    'evaluate' in question ? (['values', question.evaluate] as const) : (['observed', question.gradients] as const);
  return { [field]: Object.fromEntries(objectives.map((objective) => [objective, valueAt(objective, step)])) };
}

/** The lines of a service's answers to some lines, whose bytes come in pieces of a few bytes. */
async function spoken(service: Service, lines: readonly string[], from = firstPosition(service)): Promise<string[]> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(7 * i, 7 * i + 7));
  const said: string[] = [];
  await speak(service, from, pieces, (line) => void said.push(line));
  return said;
}

/** Everything that a trainer and a service say to each other in a run. */
async function conversation(service: Service): Promise<{ said: string[]; answers: string[] }> {
  const [said, answers]: string[][] = [[], []];
  function* trainer(): Generator<Uint8Array> {
    for (;;) {
      const question = JSON.parse(said.at(-1) ?? '') as ServiceQuestion;
      if ('finished' in question) return;
      const answer = JSON.stringify(answerTo(question));
      answers.push(answer);
      yield Buffer.from(`${answer}\n`);
    }
  }
  await speak(service, firstPosition(service), trainer(), (line) => void said.push(line));
  return { said, answers };
}

/** Draws with a probability that depends on the gradients before, and combines both by their inner products. */
const combining: Schedule<{ sum: number }> = {
  name: 'combining',
  init: () => ({ sum: 0 }),
  evaluates: (_, step) => (step % 3 === 0 ? ['sft'] : []),
  distribution: ({ sum }, step) => [
    { choice: { dpo: 1, sft: 0 }, probability: step % 2 === 0 ? 0.5 : 0 },
    {
      choice: { weigh: ({ dpo, sft, inner }) => ({ dpo: inner / dpo, sft: sum / sft }) },
      probability: step % 2 === 0 ? 0.5 : 1,
    },
  ],
  observe: ({ sum }, _, value) => ({ sum: sum + value }),
};

describe.each([...Object.values(schedules), combining])('$name as a service', (schedule) => {
  const service = createService(schedule, settings, 7);

  it('says what a training does, step by step', async () => {
    const { said } = await conversation(service);
    const coin = coinOf({ schedule, seed: 7 });
    let state = schedule.init(settings);
    const expected: unknown[] = [];
    for (let step = 1; step <= settings.steps; step++) {
      const evaluate = evaluatedBefore(schedule, state, step);
      if (evaluate.length > 0) expected.push({ step, evaluate });
      for (const objective of evaluate) state = observed(schedule, state, objective, valueAt(objective, step));
      const choice = drawnChoice(schedule, state, step, () => coin.uniform());
      const [gradients, draws] = [gradientsOf(choice), drawnFor(schedule, state, step, choice)];
      if ('weigh' in choice) expected.push({ step, gram: gradients, draws });
      const { dpo, sft } = weightsOf(choice, () => gramAt(step));
      expected.push({ step, choice: { dpo, sft }, gradients, draws });
      for (const objective of gradients) state = observed(schedule, state, objective, valueAt(objective, step));
    }
    expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([...expected, { finished: true }]);
  });

  it('goes on from what it saved after any line, and says the same bytes', async () => {
    const { said, answers } = await conversation(service);
    for (let i = 0; i <= answers.length; i++) {
      const state = JSON.parse(
        (await spoken(service, [...answers.slice(0, i), '{"save":true}'])).at(-1) ?? '',
      ) as unknown;
      const other = createService(schedule, settings, 7);
      const from = restored(other, state, 'state.json');
      expect(await spoken(other, answers.slice(i), from)).toEqual(said.slice(i));
    }
  });
});

it('choices that need no values can be written beforehand', async () => {
  const service = createService(schedules.alright, settings, 7);
  const { choices, dpoProbabilities } = exportedChoices(service);
  const { said } = await conversation(service);
  const asked = said.map((line) => JSON.parse(line) as { choice?: unknown }).flatMap(({ choice }) => choice ?? []);
  expect(choices).toEqual(asked);
  expect(dpoProbabilities).toEqual(Array.from({ length: 8 }, () => 0.3));
  expect(exportedChoices(createService(schedules.sequential, settings, 0)).dpoProbabilities?.join('')).toBe('00001111');
  expect(exportedChoices(createService(schedules.mix, settings, 0))).not.toHaveProperty('dpoProbabilities');
  for (const schedule of [schedules.maxright, combining]) {
    expect(() => exportedChoices(createService(schedule, settings, 0))).toThrow('a schedule that needs no values');
  }
});

describe('refusals', () => {
  const service = createService(schedules.maxright, settings, 0);
  const first = '{"values":{"dpo":1,"sft":1}}';

  it.each([
    [['no'], 'line 1: got "no", expected a line of JSON'],
    [[first, '{"observed":{"sft":NaN}}'], 'line 2: got "{\\"observed\\":{\\"sft\\":NaN}}", expected a line of JSON'],
    [['{"values":{"dpo":1}}'], 'line 1: values.sft: got nothing, expected a number'],
    [['{"values":{"dpo":1,"sft":"2"}}'], 'line 1: values.sft: got "2", expected a number'],
    [['{"values":{"dpo":1,"sft":1e999}}'], 'line 1: values.sft: got Infinity'],
    [['{"values":{"dpo":1,"sft":1,"kl":0}}'], 'line 1: values.kl: got 0, expected no field of this name'],
    [[first, first], 'line 2: observed: got nothing, expected an object'],
    [[first, '{"save":false}'], 'line 2: save: got false, expected true'],
    [['7'], 'line 1: answer: got 7, expected an object'],
  ])('%j', async (lines, message) => {
    await expect(spoken(service, lines)).rejects.toThrow(InputError);
    await expect(spoken(service, lines)).rejects.toThrow(message);
  });

  it('refuses what follows the last step, bytes that are no text, and a line without end', async () => {
    const short = createService(schedules.sft, { lambda: 0.5, steps: 1 }, 0);
    const told = '{"observed":{}}';
    await expect(spoken(short, [told, told])).rejects.toThrow('line 2: answer: got {"observed":{}}, expected nothing');
    const bytes = [Uint8Array.of(0xff, 0x0a)];
    await expect(speak(short, firstPosition(short), bytes, () => undefined)).rejects.toThrow('line 1: got "bytes that');
    await expect(spoken(service, [' '.repeat(2 ** 17)])).rejects.toThrow('line 1: got "more than 65536 bytes"');
  });

  it('refuses a state of another service', () => {
    const { state } = JSON.parse(JSON.stringify(saved(service, firstPosition(service)))) as {
      state: { settings: object };
    };
    const refuses = (wrong: object, message: string): void => {
      expect(() => restored(service, { state: { ...state, ...wrong } }, 'state.json')).toThrow(message);
    };
    expect(restored(service, { state }, 'state.json')).toEqual(firstPosition(service));
    refuses(
      { schedule: 'mix' },
      'state.json: schedule: got "mix", expected "maxright", as the options of this command say',
    );
    refuses({ seed: 1 }, 'state.json: seed: got 1, expected 0');
    refuses({ settings: { ...state.settings, lambda: 0.4 } }, 'state.json: lambda: got 0.4, expected 0.3');
    refuses({ position: 3 }, 'state.json: state.position: got 3, expected an object');
    const position = firstPosition(service);
    refuses({ position: { ...position, step: 10 } }, 'state.json: state.position.step: got 10, expected at most 9');
    refuses({ position: { ...position, drawn: 1 } }, 'state.json: state.position.drawn: got 1, expected at most 0');
  });
});
