import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { checked } from '../base/checked.js';
import { InputError } from '../base/input-error.js';
import { coinOf } from './coin.js';
import type { Choice, Gram, ObjectiveName, Pair, Schedule, ScheduleSettings } from './schedule.js';
import { drawnChoice, drawnFor, evaluatedBefore, gradientsOf, observed, weightsOf } from './step.js';

/** A schedule that a trainer elsewhere asks what each step works on. */
export interface Service {
  readonly schedule: Schedule;
  readonly settings: ScheduleSettings;
  readonly seed: number;
  /** The uniform number of an index, from 0, of the schedule's coin. */
  readonly uniform: (index: number) => number;
}

/** Where a service stands: plain data, from which it goes on exactly. */
export interface ServicePosition {
  /** The step under way, from 1; T + 1 after the last. */
  readonly step: number;
  /** Whether the values that the schedule needs before this step's choice have been told. */
  readonly informed: boolean;
  /** The inner products of both gradients, where this step's choice depends on them and they have been told. */
  readonly gram: Gram | null;
  /** How many uniform numbers the steps before this one drew. */
  readonly drawn: number;
  /** The schedule's own state. */
  readonly state: unknown;
}

/** What a service says and waits for an answer to. */
export type ServiceQuestion =
  /** Wants the values of these objectives: `{ "values": { … } }`. */
  | { readonly step: number; readonly evaluate: readonly ObjectiveName[] }
  /** Wants the inner products of these gradients: `{ "gram": { "dpo", "sft", "inner" } }`. */
  | { readonly step: number; readonly gram: readonly ObjectiveName[]; readonly draws: readonly ObjectiveName[] }
  | ChoiceQuestion
  /** Has nothing more to say. */
  | { readonly finished: true };

/** Has chosen the weights; wants the values of the objectives whose gradients are taken: `{ "observed": { … } }`. */
export interface ChoiceQuestion {
  readonly step: number;
  readonly choice: Pair;
  readonly gradients: readonly ObjectiveName[];
  /** The objectives whose next minibatch the step consumes. */
  readonly draws: readonly ObjectiveName[];
}

/**
 * A service of a schedule under some settings. Its coin is that of `llm train`, so that the same seed makes the same choices.
 * Throws an InputError where the schedule cannot work with the settings.
 */
export function createService(schedule: Schedule, settings: ScheduleSettings, seed: number): Service {
  schedule.init(settings);
  let coin = coinOf({ schedule, seed });
  let [next, last] = [0, NaN];
  return {
    schedule,
    settings,
    seed,
    uniform(index) {
      if (index < next - 1) {
        coin = coinOf({ schedule, seed });
        next = 0;
      }
      for (; next <= index; next++) last = coin.uniform();
      return last;
    },
  };
}

/** The position before step 1. */
export function firstPosition({ schedule, settings }: Service): ServicePosition {
  return { step: 1, informed: false, gram: null, drawn: 0, state: schedule.init(settings) };
}

/** What a service says at a position. */
export function questionAt(service: Service, position: ServicePosition): ServiceQuestion {
  const { schedule, settings } = service;
  const { step, informed, gram, state } = position;
  if (step > settings.steps) return { finished: true };
  const needed = evaluatedBefore(schedule, state, step);
  if (needed.length > 0 && !informed) return { step, evaluate: needed };
  const { choice } = choiceAt(service, position);
  const draws = drawnFor(schedule, state, step, choice);
  const gradients = gradientsOf(choice);
  if ('weigh' in choice && gram === null) return { step, gram: gradients, draws };
  const { dpo, sft } = weightsOf(choice, () => gram ?? noGram);
  return { step, choice: { dpo, sft }, gradients, draws };
}

/**
 * The position after an answer to the question there.
 * Throws an InputError where the answer is none to it: another field, a value missing, too many, or no finite number.
 */
export function answered(service: Service, position: ServicePosition, answer: unknown): ServicePosition {
  const { schedule, settings } = service;
  const { step } = position;
  const question = questionAt(service, position);
  if ('finished' in question) throw new InputError('answer', answer, `nothing more after step ${settings.steps}`);
  if ('evaluate' in question) {
    const { values } = checked(answerSchema('values', question.evaluate), answer, whole);
    return { ...position, informed: true, state: told(service, position.state, values, question.evaluate) };
  }
  if ('gram' in question) {
    const { gram } = checked(gramAnswer, answer, whole);
    return { ...position, gram };
  }
  const { gradients } = question;
  // What a schedule does not look at need not be told.
  const form = answerSchema('observed', gradients, schedule.observe === undefined);
  const { observed: seen } = checked(form, answer, whole);
  const state = schedule.observe === undefined ? position.state : told(service, position.state, seen, gradients);
  const { drawn } = choiceAt(service, position);
  return { step: step + 1, informed: false, gram: null, drawn, state };
}

/** Everything that a service chooses, of a schedule that needs no values; throws an InputError where it is another. */
export function exportedChoices(service: Service): {
  readonly choices: readonly Pair[];
  /** The probability that a step is on DPO alone; left out where a step may be on both. */
  readonly dpoProbabilities?: readonly number[];
} {
  const { schedule, settings } = service;
  const choices: Pair[] = [];
  const probabilities: number[] = [];
  let position = firstPosition(service);
  for (let step = 1; step <= settings.steps; step++) {
    const question = questionAt(service, position);
    if (schedule.observe !== undefined || !('choice' in question)) {
      throw new InputError(
        'export',
        schedule.name,
        'a schedule that needs no values: for others, run forgetting schedule without --export',
      );
    }
    choices.push(question.choice);
    const outcomes = schedule.distribution(position.state, step);
    if (outcomes.every(({ choice }) => gradientsOf(choice).length === 1)) {
      const onDpo = outcomes.filter(({ choice }) => gradientsOf(choice)[0] === 'dpo');
      probabilities.push(onDpo.reduce((sum, { probability }) => sum + probability, 0));
    }
    position = answered(service, position, { observed: {} });
  }
  return { choices, ...(probabilities.length === settings.steps && { dpoProbabilities: probabilities }) };
}

/** What a service is of, and where it stands. */
export interface SavedService {
  readonly state: {
    readonly schedule: string;
    readonly settings: ScheduleSettings;
    readonly seed: number;
    readonly position: ServicePosition;
  };
}

/** A service at a position as JSON holds it. */
export function saved({ schedule, settings, seed }: Service, position: ServicePosition): SavedService {
  return { state: { schedule: schedule.name, settings, seed, position } };
}

/**
 * The position that was saved of this service.
 * @param place what a refusal calls where the saved value comes from
 * @throws InputError where it is none, or of another schedule, other settings or another seed
 */
export function restored(service: Service, value: unknown, place: string): ServicePosition {
  const { state: found } = checked(savedSchema, value, { place });
  const { schedule, seed, settings } = service;
  const own = JSON.parse(JSON.stringify({ schedule: schedule.name, seed, ...settings })) as Record<string, unknown>;
  const theirs: Record<string, unknown> = { schedule: found.schedule, seed: found.seed, ...found.settings };
  for (const name of new Set([...Object.keys(own), ...Object.keys(theirs)])) {
    if (isDeepStrictEqual(own[name], theirs[name])) continue;
    throw new InputError(
      `${place}: ${name}`,
      theirs[name],
      `${JSON.stringify(own[name])}, as the options of this command say`,
    );
  }
  const { position } = found;
  if (position.step > settings.steps + 1) {
    throw new InputError(`${place}: state.position.step`, position.step, `at most ${settings.steps + 1}`);
  }
  if (position.drawn > position.step - 1) {
    throw new InputError(`${place}: state.position.drawn`, position.drawn, `at most ${position.step - 1}`);
  }
  return position;
}

const whole = { whole: 'answer' };
const noGram: Gram = { dpo: 0, sft: 0, inner: 0 };
const finite = z.number();
const gramSchema = z.strictObject({ dpo: finite.nonnegative(), sft: finite.nonnegative(), inner: finite });
const gramAnswer = z.strictObject({ gram: gramSchema });

const savedSchema = z.strictObject({
  state: z.strictObject({
    schedule: z.string(),
    settings: z.record(z.string(), z.unknown()),
    seed: z.int().nonnegative(),
    position: z.strictObject({
      step: z.int().min(1),
      informed: z.boolean(),
      gram: gramSchema.nullable(),
      drawn: z.int().nonnegative(),
      state: z.unknown(),
    }),
  }),
});

/** The form of an answer: a value for each of some objectives in a field, left out where the schedule looks at none. */
function answerSchema(field: 'values' | 'observed', objectives: readonly ObjectiveName[], optional = false) {
  const key = [field, optional, ...objectives].join(' ');
  const known = answerSchemas.get(key);
  if (known !== undefined) return known;
  const values = z.strictObject(Object.fromEntries(objectives.map((objective) => [objective, finite])));
  const schema = z.strictObject({ [field]: optional ? values.partial() : values });
  answerSchemas.set(key, schema);
  return schema;
}

/** Kept, for a schema is compiled when it is first used. */
const answerSchemas = new Map<string, z.ZodType<Record<string, Record<string, number | undefined>>>>();

/** The schedule's state after the values of some objectives, in the order in which schedules are told them. */
function told(
  { schedule }: Service,
  state: unknown,
  values: Readonly<Record<string, unknown>>,
  objectives: readonly ObjectiveName[],
): unknown {
  return objectives.reduce(
    (known, objective) => observed(schedule, known, objective, values[objective] as number),
    state,
  );
}

/** What a step works on, and how many uniform numbers have been drawn after it. */
function choiceAt(service: Service, position: ServicePosition): { readonly choice: Choice; readonly drawn: number } {
  const { schedule, uniform } = service;
  let { drawn } = position;
  const choice = drawnChoice(schedule, position.state, position.step, () => uniform(drawn++));
  if (gradientsOf(choice).length === 0) {
    throw new InputError(
      `schedule ${schedule.name}: step ${position.step}`,
      choice,
      'a weight other than 0 for DPO or SFT',
    );
  }
  return { choice, drawn };
}
