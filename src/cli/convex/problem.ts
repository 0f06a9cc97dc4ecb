import { Command, Option } from 'commander';
import {
  closedFormDefaults,
  fromTextDefaults,
  logLinearDefaults,
  quadraticDefaults,
} from '../../convex/generate/defaults.js';
import type { FromTextOptions } from '../../convex/generate/from-text.js';
import type { LogLinearFile, ProblemFile } from '../../convex/problem/format.js';
import { InputError } from '../../base/input-error.js';
import { convexLossNames } from '../../preference-loss/index.js';
import { integerOption, numberOption, vectorOption, wordOption } from '../arguments.js';
import {
  problemOfModel,
  refuseModelOptions,
  withModelFeatures,
  type ModelFeatureOptions,
} from '../options/model-features.js';
import { writeWhole } from '../../base/whole-file.js';
import { jsonText } from '../../base/text.js';

/** The most numbers of a generated problem: what its JSON takes in memory is a few gigabytes. */
const mostNumbers = 2 ** 26;

/** `forgetting problem`: generators of problem files, and the problem of real text. */
export function problemCommand(): Command {
  return new Command('problem')
    .description('make a problem file')
    .addCommand(quadraticCommand())
    .addCommand(logLinearCommand())
    .addCommand(closedFormCommand())
    .addCommand(fromTextCommand());
}

interface Output {
  readonly out?: string;
}

function quadraticCommand(): Command {
  const defaults = quadraticDefaults;
  return withOutput(new Command('quadratic'))
    .description('a random pair of quadratics')
    .option('--dimension <d>', shown('dimension of θ', defaults.dimension), integerOption('dimension', 1, 5000))
    .option('--condition <number>', shown('condition number of both Hessians', defaults.condition), number('condition'))
    .option('--condition-dpo <number>', 'condition number of the DPO objective alone', number('condition-dpo'))
    .option('--condition-sft <number>', 'condition number of the SFT objective alone', number('condition-sft'))
    .option(
      '--angle <degrees>',
      shown('angle between the minimisers, seen from the origin', defaults.angle),
      number('angle'),
    )
    .option('--distance <number>', shown('distance between the minimisers', defaults.distance), number('distance'))
    .option(
      '--noise <deviation>',
      shown('standard deviation of the gradients, per coordinate', defaults.noise),
      number('noise'),
    )
    .option('--radius <number>', 'radius of the ball that θ stays in (default: none)', number('radius'))
    .option('--start <vector>', 'where runs start, as a JSON array (default: zero)')
    .option('--seed <integer>', shown('seed of everything random', defaults.seed), integerOption('seed', 0))
    .action(async (options: QuadraticFlags) => {
      const { out, start, condition, conditionDpo, conditionSft, ...rest } = options;
      const { quadratic } = await import('../../convex/generate/quadratic.js');
      const common = condition ?? ((rest.dimension ?? defaults.dimension) === 1 ? 1 : defaults.condition);
      const conditions = { dpo: conditionDpo ?? common, sft: conditionSft ?? common };
      const dimension = rest.dimension ?? defaults.dimension;
      await printProblem(quadratic({ ...rest, condition: conditions, ...startOption(start, dimension) }), out);
    });
}

interface QuadraticFlags extends Output {
  readonly dimension?: number;
  readonly condition?: number;
  readonly conditionDpo?: number;
  readonly conditionSft?: number;
  readonly angle?: number;
  readonly distance?: number;
  readonly noise?: number;
  readonly radius?: number;
  readonly start?: string;
  readonly seed?: number;
}

function logLinearCommand(): Command {
  const defaults = logLinearDefaults;
  return withOutput(new Command('log-linear'))
    .description('SFT and DPO of a log-linear policy, on data that two policies generate')
    .option('--dimension <d>', shown('dimension of θ', defaults.dimension), integerOption('dimension', 1))
    .option('--candidates <k>', shown('replies of an SFT example', defaults.candidates), integerOption('candidates', 2))
    .option('--examples <n>', shown('examples of each kind', defaults.examples), integerOption('examples', 1))
    .option('--sft-examples <n>', 'number of SFT examples', integerOption('sft-examples', 1))
    .option('--dpo-examples <n>', 'number of preferences', integerOption('dpo-examples', 1))
    .option(
      '--conflict <number>',
      shown('how far the objectives oppose each other, from −1 aligned to 1 opposed', defaults.conflict),
      number('conflict'),
    )
    .option('--sharpness <number>', shown('norm of the generating policies', defaults.sharpness), number('sharpness'))
    .addOption(preferenceLossOption())
    .option('--beta <number>', shown('β of the preference loss', defaults.beta), number('beta'))
    .option('--label-smoothing <number>', 'ε of cdpo', number('label-smoothing'))
    .option('--radius <number>', shown('radius of the ball that θ stays in', defaults.radius), number('radius'))
    .option(
      '--reference <kind>',
      shown('policy of DPO: zero, random, or sft, the minimiser of SFT', defaults.reference),
      wordOption('reference', ['zero', 'random', 'sft']),
    )
    .option('--start <vector>', 'where runs start, as a JSON array (default: zero)')
    .option('--seed <integer>', shown('seed of everything random', defaults.seed), integerOption('seed', 0))
    .action(async ({ out, start, examples, sftExamples, dpoExamples, ...rest }: LogLinearFlags) => {
      const { logLinear } = await import('../../convex/generate/log-linear.js');
      const common = examples ?? defaults.examples;
      const counts = { dpo: dpoExamples ?? common, sft: sftExamples ?? common };
      const dimension = rest.dimension ?? defaults.dimension;
      const numbers = (counts.sft * (rest.candidates ?? defaults.candidates) + 2 * counts.dpo) * dimension;
      if (numbers > mostNumbers) {
        throw new InputError(
          'examples',
          Math.max(counts.sft, counts.dpo),
          'fewer examples, candidates or dimensions: the file would be too large',
        );
      }
      await printProblem(logLinear({ ...rest, examples: counts, ...startOption(start, dimension) }), out);
    });
}

interface LogLinearFlags extends Output {
  readonly dimension?: number;
  readonly candidates?: number;
  readonly examples?: number;
  readonly sftExamples?: number;
  readonly dpoExamples?: number;
  readonly conflict?: number;
  readonly sharpness?: number;
  readonly preferenceLoss?: NonNullable<LogLinearFile['preferenceLoss']>;
  readonly beta?: number;
  readonly labelSmoothing?: number;
  readonly radius?: number;
  readonly reference?: 'zero' | 'random' | 'sft';
  readonly start?: string;
  readonly seed?: number;
}

function closedFormCommand(): Command {
  const defaults = closedFormDefaults;
  return withOutput(new Command('closed-form'))
    .description('f_DPO = ½(θ − 1)², f_SFT = ½(θ + 1)²')
    .option('--noise <deviation>', shown('standard deviation of the gradients', defaults.noise), number('noise'))
    .option('--start <number>', shown('where runs start', defaults.start), number('start'))
    .option('--seed <integer>', 'accepted as by every generator; nothing here is random', integerOption('seed', 0))
    .action(async ({ out, noise, start }: Output & { noise?: number; start?: number }) => {
      const { closedForm } = await import('../../convex/generate/closed-form.js');
      await printProblem(
        closedForm({ ...(noise === undefined ? {} : { noise }), ...(start === undefined ? {} : { start }) }),
        out,
      );
    });
}

function fromTextCommand(): Command {
  const defaults = fromTextDefaults;
  return withModelFeatures(withOutput(new Command('from-text')))
    .description('SFT and DPO of a log-linear policy on real text')
    .requiredOption('--preferences <file>', 'JSON Lines with prompt, chosen, rejected')
    .requiredOption('--sft <file>', 'JSON Lines with instruction, input, output')
    .option(
      '--features <name>',
      shown(
        'features of a reply to a prompt: hashed-ngrams, or model, the hidden states of a model',
        defaults.features,
      ),
      wordOption('features', features),
    )
    .option('--unit <unit>', shown('unit of the n-grams: word or character', defaults.unit), wordOption('unit', units))
    .option('--ngram <n>', shown('longest n-gram', defaults.ngram), integerOption('ngram', 1))
    .option('--dimension <d>', shown('dimension of the features', defaults.dimension), integerOption('dimension', 1))
    .option('--candidates <k>', shown('replies of an SFT example', defaults.candidates), integerOption('candidates', 2))
    .option('--examples <n>', shown('records of each kind', defaults.examples), integerOption('examples', 1))
    .addOption(preferenceLossOption())
    .option('--beta <number>', shown('β of the preference loss', defaults.beta), number('beta'))
    .option('--label-smoothing <number>', 'ε of cdpo', number('label-smoothing'))
    .option('--radius <number>', shown('radius of the ball that θ stays in', defaults.radius), number('radius'))
    .option(
      '--seed <integer>',
      shown('seed of the records and candidates drawn', defaults.seed),
      integerOption('seed', 0),
    )
    .action(async (given: FromTextFlags) => {
      const { out, preferences, sft } = given;
      const { readPreferenceRecords, readDemonstrations } = await import('../../convex/generate/records.js');
      const records = {
        ...textOptions(given),
        preferences: readPreferenceRecords(preferences),
        sft: readDemonstrations(sft),
      };
      if (given.features === 'model') {
        await printProblem(await problemOfModel(records, given), out);
        return;
      }
      refuseModelOptions(given);
      const { fromText } = await import('../../convex/generate/from-text.js');
      await printProblem(fromText(records), out);
    });
}

/** The options of the generator, without those of the command. */
function textOptions(given: FromTextFlags): Omit<FromTextOptions, 'preferences' | 'sft' | 'features'> {
  const { unit, ngram, dimension, candidates, examples, preferenceLoss, beta, labelSmoothing, radius, seed } = given;
  const all = { unit, ngram, dimension, candidates, examples, preferenceLoss, beta, labelSmoothing, radius, seed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const features = ['hashed-ngrams', 'model'] as const;
const units = ['word', 'character'] as const;

interface FromTextFlags extends Output, ModelFeatureOptions {
  readonly preferences: string;
  readonly sft: string;
  readonly features?: (typeof features)[number];
  readonly unit?: 'word' | 'character';
  readonly ngram?: number;
  readonly dimension?: number;
  readonly candidates?: number;
  readonly examples?: number;
  readonly preferenceLoss?: NonNullable<LogLinearFile['preferenceLoss']>;
  readonly beta?: number;
  readonly labelSmoothing?: number;
  readonly radius?: number;
  readonly seed?: number;
}

const number = numberOption;

function preferenceLossOption(): Option {
  const option = new Option('--preference-loss <name>', `${convexLossNames.join(', ')} (default: dpo)`);
  return option.argParser(wordOption('preference-loss', convexLossNames));
}

function shown(description: string, absent: string | number): string {
  return `${description} (default: ${absent})`;
}

function withOutput(command: Command): Command {
  return command.option('--out <file>', 'the problem file (default: standard output)');
}

function startOption(text: string | undefined, dimension: number): { start?: number[] } {
  return text === undefined ? {} : { start: Array.from(vectorOption('start', text, dimension)) };
}

/** Throws an InputError where commands that read the file would refuse its sizes. */
async function printProblem(problem: ProblemFile, out: string | undefined): Promise<void> {
  const { checkProblemFile } = await import('../../convex/problem/format.js');
  const { problemData } = await import('../../convex/problem/data.js');
  const { checkMagnitude } = await import('../../convex/problem/magnitude.js');
  checkMagnitude(problemData(checkProblemFile(problem)));
  const text = `${jsonText(problem)}\n`;
  if (out === undefined) process.stdout.write(text);
  else await writeWhole(out, text);
}
