import { InputError } from '../../base/input-error.js';
import type { StageTwo } from '../../llm/train/stage-two/settings.js';
import { belowOneText, nonNegativeText, unitText } from '../../remedy/parameter-text.js';
import { remedies } from '../../remedy/index.js';
import { alright } from '../../schedule/alright.js';
import { alternating } from '../../schedule/alternating.js';
import { annealed } from '../../schedule/annealed.js';
import { budget } from '../../schedule/budget.js';
import { cagrad } from '../../schedule/cagrad.js';
import { loadSchedule, isModulePath } from '../../schedule/load.js';
import { maxright } from '../../schedule/maxright.js';
import { mgda } from '../../schedule/mgda.js';
import { mix } from '../../schedule/mix.js';
import { pcgrad } from '../../schedule/pcgrad.js';
import { replay } from '../../schedule/replay.js';
import { sequential } from '../../schedule/sequential.js';
import { smoothTchebycheff } from '../../schedule/smooth-tchebycheff.js';
import type { ConvexPlace, ParameterValue, Surroundings, TrainedRemedy } from './trained-remedy.js';
import { untrainedRemedies } from './untrained-remedies.js';

type Parameter = NonNullable<TrainedRemedy['parameter']>;

const ratio = ({ lambda }: Surroundings): number => (1 - lambda) / lambda;
const theirLabel = (name: string): string => remedies[name].label;

/** A parameter of a remedy in [0, 1]. */
function share(name: string, theory: (around: Surroundings) => number, values: readonly number[]): Parameter {
  return { name, parse: unitText, theory, values: () => values };
}

/** The weight of a term of stage two: by theory (1 − λ)/λ, tried at multiples of that. */
function strength(name: string, factors: readonly number[]): Parameter {
  return { name, parse: nonNegativeText, theory: ratio, values: (around) => factors.map((one) => one * ratio(around)) };
}

/** A remedy that is a schedule with a setting of its own, or with none. */
function scheduled(name: string, convex: ConvexPlace, parameter?: Parameter): TrainedRemedy {
  return {
    ...{ name, label: theirLabel(name), convex },
    ...(parameter && { parameter }),
    training: (value) => ({
      schedule: name,
      ...(parameter !== undefined && value !== undefined && { own: { [parameter.name]: value } }),
    }),
  };
}

/** A joint schedule, whose curve goes through its λ. */
function joint(name: string, convex: ConvexPlace, values: readonly number[]): TrainedRemedy {
  return {
    ...{ name, label: theirLabel(name), convex, parameter: share('lambda', ({ lambda }) => lambda, values) },
    training: (value) => ({ schedule: name, ...(typeof value === 'number' && { lambda: value }) }),
  };
}

/** A term that stage two of Sequential adds, or what of it is handed over. */
function ofSequential(name: string, stageTwo: (value: number) => StageTwo, parameter?: Parameter): TrainedRemedy {
  return {
    ...{ name, label: theirLabel(name), convex: 'misses the front' },
    ...(parameter && { parameter }),
    training: (value, split) => ({
      schedule: sequential.name,
      own: { split },
      stageTwo: stageTwo(typeof value === 'number' ? value : NaN),
    }),
  };
}

/** Stage two on replayed SFT. */
function replayed(name: string, stageTwo: StageTwo): TrainedRemedy {
  return {
    ...{ name, label: theirLabel(name), convex: 'reaches min F_λ' },
    parameter: share(replay.name, ({ lambda }) => 1 - lambda, [0.1, 0.25, 0.5, 0.75, 0.9]),
    training: (value, split) => ({ schedule: replay.name, own: { split, replay: value }, stageTwo }),
  };
}

/** A setting of a schedule on which theory is silent. */
function setting(
  name: string,
  standard: Required<Parameter>['standard'],
  values: readonly ParameterValue[],
  parse: Parameter['parse'] = positiveText,
): Parameter {
  return { name, parse, standard, values: () => values };
}

function positiveText(text: string, field: string): number {
  const value = nonNegativeText(text, field);
  if (value === 0) throw new InputError(field, text, 'a number > 0');
  return value;
}

function countText(text: string, field: string): number {
  const value = positiveText(text, field);
  if (!Number.isSafeInteger(value)) throw new InputError(field, text, 'an integer ≥ 1');
  return value;
}

/** Every remedy that language models are trained under, in the order of tables. A new one is an entry here. */
const listed: readonly TrainedRemedy[] = [
  {
    ...{ name: sequential.name, label: sequential.label, convex: 'misses the front' },
    training: (_, split) => ({ schedule: sequential.name, own: { split } }),
  },
  ofSequential('best-checkpoint', () => ({ bestCheckpoint: true })),
  {
    ...{ name: 'lower-learning-rate', label: 'Lower learning rate', convex: 'misses the front' },
    parameter: {
      ...{ name: 'stageTwoLearningRate', parse: positiveText },
      standard: ({ learningRate }) => 0.25 * learningRate,
      values: ({ learningRate }) => [0.5 * learningRate, 0.1 * learningRate],
    },
    training: (value, split) => ({
      ...{ schedule: sequential.name, own: { split } },
      stageTwo: { learningRate: Number(value) },
    }),
  },
  replayed(replay.name, {}),
  replayed('own-replay', { ownReplies: true }),
  ofSequential('l2-anchor', (l2Anchor) => ({ l2Anchor }), strength('l2Anchor', [0.01, 0.1, 1, 10])),
  ofSequential('ewc-anchor', (ewcAnchor) => ({ ewcAnchor }), strength('ewcAnchor', [1, 10, 100, 1000])),
  {
    ...ofSequential('kl-anchor', (klAnchor) => ({ klAnchor }), strength('klAnchor', [0.25, 1, 4])),
    convex: 'reaches min F_λ',
  },
  ofSequential('chosen-nll', (chosenNll) => ({ chosenNll }), strength('chosenNll', [0.25, 1, 4])),
  ofSequential(
    'average',
    (average) => ({ average }),
    share('average', ({ lambda }) => lambda, [0.25, 0.5, 0.75]),
  ),
  joint(mix.name, 'reaches min F_λ', [0.1, 0.25, 0.5, 0.75, 0.9]),
  joint(alright.name, 'reaches min F_λ', [0.1, 0.25, 0.5, 0.75, 0.9]),
  joint(maxright.name, 'ends elsewhere on the front', [0.25, 0.5, 0.75]),
  scheduled(
    annealed.name,
    'misses the front',
    setting(
      'share',
      () => 't/T',
      ['(t/T)^2', 'sqrt(t/T)'],
      (text) => text,
    ),
  ),
  scheduled(
    alternating.name,
    'reaches min F_λ',
    setting('cycles', ({ steps }) => Math.ceil(Math.sqrt(steps)), [2, 4], countText),
  ),
  scheduled(
    smoothTchebycheff.name,
    'ends elsewhere on the front',
    setting('smoothing', () => 0.1, [0.03, 0.3]),
  ),
  scheduled(
    budget.name,
    'reaches min F_λ',
    setting('forgetAtMost', () => 0.1, [0.03, 0.3], nonNegativeText),
  ),
  scheduled(mgda.name, 'ends elsewhere on the front'),
  scheduled(pcgrad.name, 'ends elsewhere on the front'),
  scheduled(
    cagrad.name,
    'reaches min F_λ',
    setting('conflictAversion', () => 0.5, [0.2, 0.8], belowOneText),
  ),
];

/** The remedies by their names. */
export const trainedRemedies: Readonly<Record<string, TrainedRemedy>> = Object.fromEntries(
  listed.map((remedy) => [remedy.name, remedy]),
);

/** What every other remedy is compared with: one gradient a step, and on the front where objectives are convex. */
export const yardstick = alright.name;

/**
 * The remedies of these names, and schedules from modules; all unless some are named, and the yardstick always.
 * Throws an InputError where a name is unknown.
 */
export async function chosenRemedies(names: readonly string[] | undefined): Promise<TrainedRemedy[]> {
  if (names === undefined) return [...listed];
  const chosen = await Promise.all(
    names.map(async (name): Promise<TrainedRemedy> => {
      if (isModulePath(name)) {
        const { name: own, label = own } = await loadSchedule(name);
        return { name: own, label, convex: undefined, training: () => ({ schedule: name }) };
      }
      if (Object.hasOwn(trainedRemedies, name)) return trainedRemedies[name];
      throw new InputError(
        'remedies',
        name,
        Object.hasOwn(untrainedRemedies, name)
          ? untrainedRemedies[name]
          : `${Object.keys(trainedRemedies).join(', ')}, or paths to modules (.ts, .js)`,
      );
    }),
  );
  const all = chosen.some(({ name }) => name === yardstick) ? chosen : [...chosen, trainedRemedies[yardstick]];
  if (new Set(all.map(({ name }) => name)).size < all.length)
    throw new InputError('remedies', names, 'different names');
  return all;
}
