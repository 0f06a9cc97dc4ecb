import { Command, Option } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { DeviceReport, MeasuredStep } from '../../llm/device/measure.js';
import { integerOption, numberOption } from '../arguments.js';
import { writeWhole } from '../../base/whole-file.js';
import { printJson, printTable } from '../output.js';
import { jsonText, percentText, shortNumber, significant } from '../../base/text.js';
import { startProgress } from '../../base/progress.js';

interface DeviceOptions {
  readonly adapter?: string;
  readonly models: readonly string[];
  readonly batch?: number;
  readonly length?: number;
  readonly steps: number;
  readonly timeLimit: number;
  readonly peak?: number;
  readonly pytorch: boolean;
  readonly python: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly task?: string;
}

const models: readonly string[] = ['medium', 'pythia-160m', 'pythia-1b'];

/** `forgetting llm device`: whether a GPU computes the right gradients, and how fast it trains. */
export function llmDeviceCommand(): Command {
  return new Command('device')
    .description('check a GPU: its gradients against the cpu, speed and memory of training steps, PyTorch beside them')
    .option('--adapter <name>', 'the adapter with this in its name (default: the fastest)')
    .addOption(
      new Option('--models <names>', 'model shapes, with commas')
        .argParser((text) => text.split(','))
        .default(models, models.join(',')),
    )
    .option('--batch <n>', 'sequences, or pairs of them, in a batch (default: by shape)', integerOption('batch', 1))
    .option('--length <tokens>', 'tokens of every sequence (default: by shape)', integerOption('length', 2))
    .option('--steps <n>', 'the most steps to time of each kind', integerOption('steps', 1), 10)
    .option(
      '--time-limit <seconds>',
      'after this time only the gradient check goes on',
      numberOption('time-limit'),
      540,
    )
    .option('--peak <teraflops>', "the card's published float32 TFLOP/s, for MFU", numberOption('peak'))
    .option('--python <path>', 'the Python that has PyTorch', 'python3')
    .option('--no-pytorch', 'leave PyTorch out')
    .option('--out <file>', 'also write the result as JSON, after every measurement')
    .option('--json', 'print JSON')
    .addOption(new Option('--task <json>').hideHelp())
    .action(deviceAction);
}

async function deviceAction(options: DeviceOptions): Promise<void> {
  if (options.task !== undefined) {
    const { runTask } = await import('../../llm/device/task.js');
    printJson(await runTask(JSON.parse(options.task) as Parameters<typeof runTask>[0]));
    return;
  }
  const { measureDevice, plannedMeasurements } = await import('../../llm/device/measure.js');
  const { shapeNamed } = await import('../../llm/profile/shapes.js');
  const models = options.models.map((name) => {
    const shape = shapeNamed('models', name);
    const { config } = shape;
    const { batch = shape.batch, length = shape.length } = options;
    if (options.pytorch && config.architecture !== 'neox') {
      throw new InputError('models', name, 'a GPT-NeoX shape, or --no-pytorch: the model in PyTorch is one');
    }
    if (length > config.contextLength) {
      throw new InputError('length', length, `at most ${config.contextLength}, the context of ${name}`);
    }
    return { name, config, batch, length };
  });
  const bar = startProgress('device', plannedMeasurements(models.length, options.pytorch));
  let done = 0;
  const settings = {
    models,
    ...(options.adapter !== undefined && { adapter: options.adapter }),
    steps: options.steps,
    seconds: options.timeLimit,
    ...(options.peak !== undefined && { peak: options.peak }),
    ...(options.pytorch && { python: options.python }),
    onMeasured: async (report: DeviceReport): Promise<void> => {
      bar.update(++done);
      if (options.out !== undefined) await writeWhole(options.out, `${jsonText(report)}\n`);
    },
  };
  const report = await measureDevice(settings).finally(() => {
    bar.stop();
  });
  if (options.json === true) printJson(report);
  else printReport(report);
  if (!report.gradients.ok) process.exitCode = 1;
}

function printReport(report: DeviceReport): void {
  const { adapter, gradients, matmul, steps, notes } = report;
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  print(`${report.date}  forgetting ${report.version}`);
  print(`adapter   ${adapter.description}${adapter.software ? ' (SOFTWARE: computes on the CPU)' : ''}`);
  print(`          one of: ${adapter.names.join(', ')}`);
  print(`          largest buffer ${mebibytes(adapter.largestBuffer)}`);
  if (report.card !== undefined) print(`card      ${report.card}`);
  print('');
  printTable(
    ['model', 'trained', 'objective', 'loss error', 'gradient error'],
    gradients.differences.map(({ model, trained, objective, loss, gradient }) => [
      ...[model, trained, objective, loss.toExponential(1), gradient.toExponential(1)],
    ]),
  );
  print(
    `${gradients.ok ? 'ok' : 'FAILED'}: largest relative error of a gradient against cpu ${gradients.largest.toExponential(1)}, allowed ${gradients.allowed.toExponential(1)}`,
  );
  print('');
  for (const [name, limit] of Object.entries(matmul)) {
    print(`matmul    ${name}: ${limit === undefined ? 'not measured' : `${shortNumber(limit)} TFLOP/s in float32`}`);
  }
  print('');
  if (steps.length > 0) printTable(stepColumns, steps.map(stepRow));
  for (const note of notes) print(note);
}

const stepColumns = [
  'model',
  'parameters',
  'step',
  'batch',
  'program',
  'ms',
  'tokens/s',
  'TFLOP/s',
  'of limit',
  'of peak',
  'memory',
  'first loss',
];

function stepRow({ model, kind, parameters, batch, program, time, ofLimit, ofPeak }: MeasuredStep): string[] {
  return [
    model,
    `${(parameters / 1e6).toFixed(1)} M`,
    kind,
    batch,
    program,
    time.milliseconds.toFixed(1),
    time.tokensPerSecond.toFixed(0),
    significant(time.teraflopsPerSecond, 4),
    percentText(ofLimit),
    percentText(ofPeak),
    `${Math.round(time.deviceBytes / 2 ** 20)} MiB`,
    time.firstLoss.toFixed(5),
  ];
}
