import { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { ModelConfig } from '../../llm/model/architecture/index.js';
import type { LanguageModel } from '../../llm/model/language-model.js';
import type { StepProfile } from '../../llm/profile/profile.js';
import type { MeasuredShape } from '../../llm/profile/shapes.js';
import type { StoredType } from '../../llm/weights/safetensors.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { integerOption, wordOption } from '../arguments.js';
import { openCommandBackend, withBackendOptions, type BackendCommandOptions } from '../options/backend.js';
import { announceOutside, weightsOutsideOption } from '../options/model.js';
import { printJson, printTable } from '../output.js';
import { percentText, shortNumber } from '../../base/text.js';

interface ProfileCommandOptions extends BackendCommandOptions {
  readonly model?: string;
  readonly shape?: string;
  readonly dtype?: StoredType;
  readonly objective: ObjectiveName;
  readonly loraRank?: number;
  readonly fullFineTuning?: boolean;
  readonly recompute?: boolean;
  readonly weightsOutside?: boolean;
  readonly batch?: number;
  readonly length?: number;
  readonly steps: number;
  readonly json?: boolean;
}

/** The share of a step that the rows of a profile must account for. */
const leastAccounted = 0.95;

/** `forgetting llm profile`: where the time of a training step goes. Exit code 1 where too much of it is in no row. */
export function llmProfileCommand(): Command {
  return withBackendOptions(new Command('profile'))
    .description('time per kernel of a training step, and its share of the fastest matrix product of the machine')
    .option('--model <path>', 'model folder in Hugging Face form, or a llama2.c .bin file')
    .option(
      '--shape <name>',
      'random weights in place of a model: small, medium, pythia-14m, pythia-160m, pythia-410m, pythia-1b, pythia-2.8b, or the name of an architecture, as llama',
    )
    .option(
      '--dtype <type>',
      'what the random weights of a shape are stored in: float32, float16 or bfloat16 (default: as published)',
      wordOption('dtype', ['float32', 'float16', 'bfloat16']),
    )
    .option('--objective <name>', 'sft or dpo', wordOption('objective', ['sft', 'dpo']), 'sft')
    .option('--lora-rank <r>', 'rank of the adapter (default: 16)', integerOption('lora-rank', 1))
    .option('--full-fine-tuning', 'train every weight instead of an adapter')
    .option('--recompute', 'keep the input of each block alone and run the block again')
    .addOption(weightsOutsideOption())
    .option(
      '--batch <n>',
      'sequences, or pairs of them, in a batch (default: by shape, else 4)',
      integerOption('batch', 1),
    )
    .option('--length <tokens>', 'tokens of every sequence (default: by shape, else 128)', integerOption('length', 2))
    .option(
      '--steps <n>',
      'steps to record; the rows are of the half that the machine disturbed least',
      integerOption('steps', 1),
      8,
    )
    .option('--json', 'print JSON')
    .action(async (options: ProfileCommandOptions) => {
      if ((options.model === undefined) === (options.shape === undefined)) {
        throw new InputError('shape', options.shape, 'either --shape or --model');
      }
      if (options.dtype !== undefined && options.shape === undefined) {
        throw new InputError('dtype', options.dtype, '--shape: the weights of a model folder stay as they are stored');
      }
      if (options.fullFineTuning === true && options.loraRank !== undefined) {
        throw new InputError('lora-rank', options.loraRank, 'either --lora-rank or --full-fine-tuning');
      }
      const shape = await shapeOf(options);
      const { profileStep } = await import('../../llm/profile/profile.js');
      const backend = await openCommandBackend(options);
      try {
        process.stderr.write(`${backend.description}\n`);
        const model = await modelOf(options, shape);
        await announceOutside(model);
        const { objective, steps, batch = shape?.batch ?? 4, length = shape?.length ?? 128 } = options;
        if (length > model.contextLength) {
          throw new InputError('length', length, `at most ${model.contextLength}, the context of the model`);
        }
        const profile = await profileStep({ model, objective, batch, length, steps });
        const trained = model.lora === undefined ? 'full fine-tuning' : `LoRA of rank ${model.lora.rank}`;
        const what = {
          backend: backend.name,
          model: options.shape ?? options.model,
          objective,
          trained,
          batch,
          length,
        };
        if (options.json === true) printJson({ ...what, steps, ...profile });
        else printProfile(`${what.model ?? ''}, ${objective}, ${trained}, ${batch} × ${length} tokens`, profile);
        if (profile.accounted < leastAccounted) process.exitCode = 1;
      } finally {
        backend.close();
      }
    });
}

async function shapeOf({ shape }: ProfileCommandOptions): Promise<MeasuredShape | undefined> {
  if (shape === undefined) return undefined;
  const { shapeNamed } = await import('../../llm/profile/shapes.js');
  return shapeNamed('shape', shape);
}

async function modelOf(options: ProfileCommandOptions, shape: MeasuredShape | undefined): Promise<LanguageModel> {
  const { loadModel, openModel } = await import('../../llm/model/load.js');
  const { randomModel } = await import('../../llm/profile/random-model.js');
  const { architectureOf } = await import('../../llm/model/architecture/index.js');
  const { model: path, loraRank: rank = 16, fullFineTuning = false, recompute = false, weightsOutside } = options;
  const held = { fullFineTuning, recompute, ...(weightsOutside && { weightsOutside }) };
  const lora = (config: ModelConfig) =>
    fullFineTuning ? {} : { lora: { rank, alpha: rank, targets: architectureOf(config).targets, seed: 0 } };
  if (shape !== undefined) {
    const type = options.dtype ?? shape.type ?? 'float32';
    return randomModel(shape.config, { ...held, type, ...lora(shape.config) });
  }
  const { config, weights } = openModel(path ?? '');
  weights.close();
  return (await loadModel({ model: path ?? '', ...held, ...lora(config) })).model;
}

function printProfile(what: string, profile: StepProfile): void {
  const { stepMilliseconds, rows, accounted, inKernels, matmulLimit, operations, memory, millisecondsPerToken } =
    profile;
  const perToken = shortNumber(millisecondsPerToken);
  process.stdout.write(`${what}: ${shortNumber(stepMilliseconds)} ms a step, ${perToken} ms a token\n\n`);
  printTable(
    ['kernel', 'calls', 'ms', 'share'],
    [
      ...rows.map(({ kernel, calls, milliseconds, share }) => [
        kernel,
        String(Math.round(calls)),
        milliseconds.toFixed(2),
        percentText(share),
      ]),
      ['in kernels', '', (inKernels * stepMilliseconds).toFixed(2), percentText(inKernels)],
      ['sum', '', (accounted * stepMilliseconds).toFixed(2), percentText(accounted)],
    ],
  );
  const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  process.stdout.write(
    [
      '',
      `matmul limit   ${matmulLimit.gigaflopsPerSecond.toFixed(1)} GFLOP/s, at ${matmulLimit.size} × ${matmulLimit.size} × ${matmulLimit.size}`,
      `step           ${operations.gigaflops.toFixed(2)} GFLOP in matrix products: ${percentText(operations.shareOfLimit)} of the limit`,
      `memory         tensors ${megabytes(memory.tensors)}: weights ${megabytes(memory.weights)}, activations ${megabytes(memory.activations)}, optimiser ${megabytes(memory.optimiser)}`,
      `               process ${megabytes(memory.process)} at most`,
      `${accounted < leastAccounted ? 'FAILED' : 'ok'}: the rows account for ${percentText(accounted)} of the step, of which ${percentText(leastAccounted)} are asked for`,
      '',
    ].join('\n'),
  );
}
