import { textAbove, textBelow } from '../base/outward-text.js';
import { shellWords, shortNumber } from '../base/text.js';
import { chooseOnFront, type Enclosed, type FrontChoice } from '../convex/front/choose.js';
import { enclosedFront, type EnclosedFront, type FrontOptions } from '../convex/front/enclosed-front.js';
import type { Problem } from '../convex/problem/problem.js';
import type { ObjectiveName } from '../schedule/schedule.js';
import { forgotten } from './forgotten.js';
import { waysTo, type Way } from './ways.js';

/** Options of `advise`. */
export interface AdviceOptions extends Partial<FrontOptions> {
  /** The problem's file, for the command lines. */
  readonly file?: string;
  /** How much f_SFT may exceed its minimum; the knee is advised where it is absent. */
  readonly forgetAtMost?: number;
}

/** A sentence and the certified numbers that it states. */
export interface Sentence {
  readonly text: string;
  readonly numbers: Readonly<Record<string, number | Enclosed | readonly [number, number]>>;
}

/** What to do about forgetting in one problem. */
export interface Advice {
  readonly sentences: readonly Sentence[];
  readonly choice: FrontChoice;
  /** Schedules whose limit is known, the best and then the cheapest first. */
  readonly ways: readonly Way[];
  readonly commands: readonly string[];
}

/** A share of a range that is as good as nothing, for limits that are judged against the front. */
const negligible = 1e-6;

/**
 * What Sequential forgets, what is possible, which λ, and which schedule gets there at what cost, for someone who has the
 * problem and no theory. Every sentence has its certified numbers.
 *
 * Throws an InputError as `enclosedFront` and `chooseOnFront` do.
 */
export function advise(problem: Problem, options: AdviceOptions = {}): Advice {
  const { file = 'problem.json', forgetAtMost, onProgress } = options;
  const front = enclosedFront(problem, { error: options.error ?? 1e-3, ...(onProgress && { onProgress }) });
  const budget = forgetAtMost === undefined ? { sftAtMost: front.knee.sft } : { forgetAtMost };
  const { choice } = chooseOnFront(front, budget);
  const lambda = Number(((choice.lambda[0] + choice.lambda[1]) / 2).toPrecision(6));
  const least = { dpo: front.supports[0].point.value, sft: front.supports[front.supports.length - 1].point.value };
  const { ranges, inner } = front;
  const [first, last] = [inner[0], inner[inner.length - 1]];
  const dpo = typeof choice.dpo === 'number' ? { lower: choice.dpo, upper: choice.dpo } : choice.dpo;

  // Losses of policies are in nats; those of other functions have no unit.
  const isInNats = problem.data.kind === 'log-linear';
  const of = (objective: ObjectiveName): string =>
    isInNats ? `nats of ${objective.toUpperCase()}` : `of f_${objective.toUpperCase()}`;
  const sentences: Sentence[] = forgotten(front).map(({ first: lost, loss }) => ({
    text:
      `Sequential, ${lost === 'sft' ? 'SFT then DPO' : 'DPO then SFT'}, run to its end, loses ${between(loss)} ` +
      `${of(lost)} against training on ${lost.toUpperCase()} alone.`,
    numbers: { loss },
  }));
  sentences.push({
    text:
      inner.length === 1
        ? `Nothing is to be traded: one θ is best for both objectives${within(front)}.`
        : `What is possible: f_DPO from ${shortNumber(least.dpo)} to ${shortNumber(last[0])} while f_SFT goes from ` +
          `${shortNumber(first[1])} down to ${shortNumber(least.sft)}, known to ${textAbove(front.error)} of ${rangesOf(front)}.`,
    numbers: { error: front.error, dpo: [least.dpo, last[0]], sft: [least.sft, first[1]] },
  });
  const spent = typeof choice.sft === 'number' ? choice.sft : choice.sft.upper;
  sentences.push({
    text:
      `${forgetAtMost === undefined ? 'The knee, farthest from the chord between the ends, has' : `With at most ${shortNumber(forgetAtMost)} ${of('sft')} lost,`} ` +
      `f_SFT ≤ ${textAbove(spent)} and f_DPO ${between(dpo)}: λ between ${textBelow(choice.lambda[0])} and ` +
      `${textAbove(choice.lambda[1])}.`,
    numbers: { sft: spent, dpo, lambda: choice.lambda },
  });
  const rates = choice.lambda.map((one) => one / (1 - one)) as [number, number];
  if (inner.length > 1) {
    sentences.push({
      text: `There one ${isInNats ? 'nat of DPO' : 'unit of f_DPO'} costs between ${textBelow(rates[0])} and ${textAbove(rates[1])} ${of('sft')}.`,
      numbers: { exchangeRate: rates },
    });
  }
  const ways = waysTo(problem, lambda, forgetAtMost === undefined ? {} : { forgetAtMost });
  const enough = negligible * (lambda * ranges.dpo + (1 - lambda) * ranges.sft);
  const reaching = ways.filter(({ gap, certificate }) => gap + certificate <= enough);
  const cheapest = Math.min(...reaching.map(({ cost }) => cost.gradients + cost.evaluations / 2));
  for (const way of reaching.filter(({ cost }) => cost.gradients + cost.evaluations / 2 === cheapest)) {
    sentences.push({
      text: `At λ = ${lambda} ${way.name} gets there at ${costOf(way)} a step: its limit is at most ${textAbove(way.gap + way.certificate)} above the least F_λ.`,
      numbers: { gap: { lower: 0, upper: way.gap + way.certificate } },
    });
  }
  const dearer = reaching.filter(({ cost }) => cost.gradients + cost.evaluations / 2 > cheapest);
  if (dearer.length > 0) {
    const named = dearer.map((way) => `${way.name} (${costOf(way)})`);
    sentences.push({
      text: `So do, for more: ${named.join(', ')}.`,
      numbers: Object.fromEntries(dearer.map((way) => [way.name, { lower: 0, upper: way.gap + way.certificate }])),
    });
  }
  const asked = forgetAtMost === undefined ? ['--knee'] : ['--forget-at-most', String(forgetAtMost)];
  return {
    sentences,
    choice,
    ways,
    commands: [
      ...reaching.map((way) => runCommand(file, lambda, way)),
      shellWords(['forgetting', 'front', file, ...asked, '--json']),
      shellWords(['forgetting', 'remedies', file, '--lambda', String(lambda)]),
    ],
  };
}

/** What the error of a front is measured in. */
function rangesOf({ flat, ranges }: EnclosedFront): string {
  if (flat.length === 0) return 'either range';
  const counted = flat.map((name) => `f_${name.toUpperCase()} counts as varying by ${textAbove(ranges[name])}`);
  return `either range, where ${counted.join(' and ')}, which it is not known to do`;
}

/** How much of either objective could still be to be traded, where certificates leave that open. */
function within({ inner, outer }: EnclosedFront): string {
  const open = [inner[0][0] - (outer.at(0)?.[0] ?? -Infinity), inner[0][1] - (outer.at(-1)?.[1] ?? -Infinity)];
  if (open.every((one) => one <= 0)) return '';
  return `, to within ${textAbove(open[0])} of f_DPO and ${textAbove(open[1])} of f_SFT`;
}

function between({ lower, upper }: Enclosed): string {
  return upper < Infinity ? `between ${textBelow(lower)} and ${textAbove(upper)}` : `of at least ${textBelow(lower)}`;
}

function costOf({ cost }: Way): string {
  const gradients = `${cost.gradients} ${cost.gradients === 1 ? 'gradient' : 'gradients'}`;
  if (cost.evaluations === 0) return gradients;
  return `${gradients} and ${cost.evaluations} ${cost.evaluations === 1 ? 'evaluation' : 'evaluations'}`;
}

function runCommand(file: string, lambda: number, { name, parameters }: Way): string {
  const own = Object.entries(parameters).flatMap(([parameter, value]) => [
    `--${parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    // 1 − λ in decimals, without the rounding of binary numbers behind it.
    typeof value === 'number' ? String(Number(value.toPrecision(12))) : String(value),
  ]);
  return shellWords([
    'forgetting',
    'run',
    file,
    '--schedule',
    name,
    '--lambda',
    String(lambda),
    ...own,
    '--steps',
    '10000',
  ]);
}
