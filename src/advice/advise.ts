import { textAbove, textBelow } from '../base/outward-text.js';
import { shellWords, shortNumber, significant } from '../base/text.js';
import { chooseOnFront, type Enclosed, type FrontChoice } from '../convex/front/choose.js';
import { enclosedFront, type EnclosedFront, type FrontOptions } from '../convex/front/enclosed-front.js';
import type { Problem } from '../convex/problem/problem.js';
import { forgotten } from './forgotten.js';
import { lossWords } from './loss-words.js';
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

/** How well the exchange rate is known at least, and a share of a range by which a schedule's limit may miss the choice. */
const closely = 1e-3;

/**
 * What Sequential forgets, what is possible, which λ, and which schedule gets there at what cost, for someone who has the
 * problem and no theory. Every sentence has its certified numbers.
 *
 * Throws an InputError as `enclosedFront` and `chooseOnFront` do.
 */
export function advise(problem: Problem, options: AdviceOptions = {}): Advice {
  const { file = 'problem.json', forgetAtMost, onProgress } = options;
  const front = enclosedFront(problem, { error: options.error ?? 1e-3, ...(onProgress && { onProgress }) });
  const { ranges, inner, knee } = front;
  const [first, last] = [inner[0], inner[inner.length - 1]];
  const middle = (first[1] + last[1]) / 2;
  const budget = forgetAtMost === undefined ? { sftAtMost: knee?.sft ?? middle } : { forgetAtMost };
  const { choice } = chooseOnFront(front, budget, Math.min(front.error, closely));
  const lambda = Number(((choice.lambda[0] + choice.lambda[1]) / 2).toPrecision(6));
  const least = { dpo: front.supports[0].point.value, sft: front.supports[front.supports.length - 1].point.value };
  const dpo = typeof choice.dpo === 'number' ? { lower: choice.dpo, upper: choice.dpo } : choice.dpo;

  const { of, one: unit } = lossWords(problem.data.kind);
  const sentences: Sentence[] = forgotten(front).map(({ first: lost, loss }) => ({
    text:
      `Sequential, ${lost === 'sft' ? 'SFT then DPO' : 'DPO then SFT'}, run to its end, loses ${between(loss)} ` +
      `${of(lost)} compared with training on ${lost.toUpperCase()} alone.`,
    numbers: { loss },
  }));
  sentences.push({
    text:
      inner.length === 1
        ? `Nothing is to be traded: one θ is best for both objectives${within(front)}.`
        : `Along the front f_DPO rises from ${shortNumber(least.dpo)} to ${shortNumber(last[0])} while f_SFT falls from ` +
          `${shortNumber(first[1])} to ${shortNumber(least.sft)}, each enclosed to within ${textAbove(front.error)} of ${rangesOf(front)}.`,
    numbers: { error: front.error, dpo: [least.dpo, last[0]], sft: [least.sft, first[1]] },
  });
  const spent = typeof choice.sft === 'number' ? choice.sft : choice.sft.upper;
  const where =
    forgetAtMost !== undefined
      ? `With at most ${shortNumber(forgetAtMost)} ${of('sft')} lost,`
      : inner.length === 1
        ? 'There'
        : knee === undefined
          ? 'The front is straight, so that no point of it is a knee; its middle has'
          : 'The knee, farthest from the chord between the ends, has';
  sentences.push({
    text:
      `${where} ` +
      `f_SFT ≤ ${textAbove(spent)} and f_DPO ${between(dpo)}: λ between ${textBelow(choice.lambda[0])} and ` +
      `${textAbove(choice.lambda[1])}.`,
    numbers: { sft: spent, dpo, lambda: choice.lambda },
  });
  const rates = choice.lambda.map((one) => one / (1 - one)) as [number, number];
  if (inner.length > 1) {
    sentences.push({
      text: `At that point one ${unit('dpo')} costs between ${textBelow(rates[0])} and ${textAbove(rates[1])} ${of('sft')}.`,
      numbers: { exchangeRate: rates },
    });
  }
  // Theory's budget is what the minimiser of F_λ spends, and of a straight front that is any point.
  const spends = forgetAtMost ?? (knee === undefined ? middle - least.sft : undefined);
  const ways = waysTo(problem, lambda, spends === undefined ? {} : { forgetAtMost: spends });
  const enough = negligible * (lambda * ranges.dpo + (1 - lambda) * ranges.sft);
  // Where F_λ has many minimisers its least value is not enough: the budget has to be kept, and spent.
  const reaching = ways.filter(
    (way) =>
      way.gap + way.certificate <= enough &&
      way.sft <= spent + closely * ranges.sft &&
      way.dpo <= dpo.upper + closely * ranges.dpo,
  );
  const cheapest = Math.min(...reaching.map(({ cost }) => cost.gradients + cost.evaluations / 2));
  for (const way of reaching.filter(({ cost }) => cost.gradients + cost.evaluations / 2 === cheapest)) {
    sentences.push({
      text: `At λ = ${lambda} ${way.name} reaches it with ${costOf(way)} per step: its limit is at most ${textAbove(way.gap + way.certificate)} above the least F_λ.`,
      numbers: { gap: { lower: 0, upper: way.gap + way.certificate } },
    });
  }
  const dearer = reaching.filter(({ cost }) => cost.gradients + cost.evaluations / 2 > cheapest);
  if (dearer.length > 0) {
    const named = dearer.map((way) => `${way.name} (${costOf(way)})`);
    sentences.push({
      text: `At a higher cost, these reach it too: ${named.join(', ')}.`,
      numbers: Object.fromEntries(dearer.map((way) => [way.name, { lower: 0, upper: way.gap + way.certificate }])),
    });
  }
  const asked =
    forgetAtMost !== undefined
      ? ['--forget-at-most', String(forgetAtMost)]
      : knee !== undefined
        ? ['--knee']
        : ['--sft-at-most', String(middle)];
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
  if (flat.length === 0) return 'its range';
  const counted = flat.map((name) => `f_${name.toUpperCase()} counts as varying by ${textAbove(ranges[name])}`);
  return `its range, where ${counted.join(' and ')}, because it may vary by less`;
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
    typeof value === 'number' ? significant(value, 12) : String(value),
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
