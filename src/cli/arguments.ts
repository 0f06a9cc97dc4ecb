import { availableParallelism } from 'node:os';
import { InputError } from '../base/input-error.js';
import type { Pair } from '../schedule/schedule.js';

/** What steps, examples and seeds are counted in: the integers of 32 bits that tables hold. */
const largestCount = 2 ** 31 - 1;

/** The largest values of those options that have another limit. */
const largest: Readonly<Record<string, number>> = {
  // With any number of runs after the first, each with the next seed.
  seed: Number.MAX_SAFE_INTEGER - largestCount,
  seeds: 1e6,
  workers: Math.max(64, availableParallelism()),
  threads: Math.max(64, availableParallelism()),
  dimension: 2 ** 20,
};

/** A command line option's text as a finite number; throws an InputError naming the option. */
export function numberOption(field: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw new InputError(field, text, 'a finite number');
    return value;
  };
}

/**
 * A command line option's text as an integer from `least` to what the option can be at most; throws an InputError
 * naming the option.
 */
export function integerOption(
  field: string,
  least: number,
  most = largest[field] ?? largestCount,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InputError(field, text, `an integer ≥ ${least}`);
    }
    if (value > most) throw new InputError(field, text, `an integer ≤ ${most}`);
    return value;
  };
}

/** A command line option's text as one of the given words; throws an InputError naming the option. */
export function wordOption<Word extends string>(field: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InputError(field, text, words.map((known) => `"${known}"`).join(', '));
    return word;
  };
}

/** A parser of values with commas between them. */
export function listOption<Value>(parse: (text: string) => Value): (text: string) => Value[] {
  return (text) => text.split(',').map((part) => parse(part.trim()));
}

const repeatable = new WeakSet<object>();

/** A parser of an option that may be given several times: it collects what `parse` makes of each. */
export function repeatedOption<Value>(
  parse: (text: string) => Value,
): (text: string, earlier?: readonly Value[]) => Value[] {
  const collect = (text: string, earlier: readonly Value[] = []): Value[] => [...earlier, parse(text)];
  repeatable.add(collect);
  return collect;
}

/** Whether an option may be given several times, by its parser. */
export function mayRepeat(parser: object | undefined): boolean {
  return parser !== undefined && repeatable.has(parser);
}

/** The most values that one range stands for. */
const mostInRange = 10_001;

/**
 * Weights of DPO, λ ∈ [0, 1]: a number, several with commas, or a range "from:to:step" with both ends; the option may be
 * given several times. Throws an InputError naming the option, also where a λ is given twice.
 */
export const lambdaOption = lambdasOption('lambda');

/** As `lambdaOption`, for an option of another name. */
export function lambdasOption(field: string): (text: string, earlier?: readonly number[]) => number[] {
  const collect = (text: string, earlier: readonly number[] = []): number[] => {
    const lambdas = [...earlier];
    for (const lambda of text.split(',').flatMap((part) => unitRange(field, part.trim()))) {
      if (lambdas.includes(lambda)) throw new InputError(field, lambda, 'each λ once');
      lambdas.push(lambda);
    }
    return lambdas;
  };
  repeatable.add(collect);
  return collect;
}

/** The numbers of "from:to:step", or the one number that the text is. */
function unitRange(field: string, text: string): number[] {
  if (!text.includes(':')) return [unitOption(field)(text)];
  const [from, to, step, ...rest] = text.split(':').map(unitOption(field));
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  const wanted = `a range from:to:step, from ≤ to and step > 0, of at most ${mostInRange} numbers, as in 0:1:0.05`;
  if (rest.length > 0 || !(count >= 1 && count <= mostInRange)) throw new InputError(field, text, wanted);
  // Decimal steps as they were meant: 0 + 3 × 0.05 is 0.15, not 0.15000000000000002.
  return Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12)));
}

/** A command line option's text as a number in [0, 1]; throws an InputError naming the option. */
export function unitOption(field: string): (text: string) => number {
  return (text) => {
    const value = numberOption(field)(text);
    if (value < 0 || value > 1) throw new InputError(field, value, 'a number in [0, 1]');
    return value;
  };
}

/** Numbers with commas between them; NaN for what is none. */
export function commaNumbers(text: string): number[] {
  return text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
}

/** A number for each objective, "dpo,sft"; throws an InputError naming the option. */
export function pairOption(field: string): (text: string) => Pair {
  return (text) => {
    const [dpo, sft, ...rest] = commaNumbers(text);
    if (rest.length > 0 || !Number.isFinite(dpo) || !Number.isFinite(sft)) {
      throw new InputError(field, text, 'two numbers, for DPO and SFT, as in 0.35,0.89');
    }
    return { dpo, sft };
  };
}

/** The path of a result table; throws an InputError where its ending names no format. */
export function tableFile(path: string): string {
  if (/\.(jsonl|parquet|csv)$/.test(path)) return path;
  throw new InputError('out', path, 'a file ending in .jsonl, .parquet or .csv');
}

/** A JSON array of `length` finite numbers; throws an InputError naming the option. */
export function vectorOption(field: string, text: string, length: number): Float64Array {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InputError(field, text, 'a JSON array of numbers');
  }
  if (!Array.isArray(parsed) || parsed.length !== length || !parsed.every(Number.isFinite)) {
    throw new InputError(field, text, `a JSON array of ${length} finite numbers`);
  }
  return Float64Array.from(parsed as number[]);
}

/** The option of a property of commander's: "evaluationSft" is --evaluation-sft, here without dashes. */
export function optionName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
