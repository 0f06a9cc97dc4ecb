import { availableParallelism } from 'node:os';
import { shapes } from '../src/llm/profile/shapes.js';
import { alone, compared, type Group, type Report } from './bench.js';
import { median } from '../src/base/statistics.js';
import { startOurs, type Stepper } from './llm/processes.js';
import type { StepAnswer } from './llm/worker.js';
import { inTemporaryFolder } from './peers.js';
import { paper } from '../src/schedule/key.js';
import { sequential } from '../src/schedule/sequential.js';

/** What joint schedules cost beside sequential training, at equal steps: time, memory, and the scheduling itself. */
export const overhead: Group = {
  name: 'overhead',
  description: 'Mix, ALRIGHT and MAXRIGHT against Sequential at equal steps',
  run: (report) => inTemporaryFolder((folder) => measure(folder, report)),
};

const joint = [paper.mix, paper.alright, paper.maxright] as const;
const [steps, warmup, period] = [120, 5, 10];
const { config, batch, length } = shapes.small;
/** A random model's f_SFT is the logarithm of the vocabulary and its f_DPO ln 2: with these, both gaps are alike. */
const ideal = { sft: Math.log(config.vocabularySize) - Math.LN2, dpo: 0 };
const threads = availableParallelism();

/** A schedule's steps, in a process of its own. */
interface TimedRun {
  readonly name: string;
  readonly stepper: Stepper;
  readonly answers: StepAnswer[];
}

async function measure(folder: string, report: Report): Promise<void> {
  const runs: TimedRun[] = [];
  try {
    for (const name of [sequential.name, ...joint]) {
      const scheduleSettings = { lambda: 0.5, steps: warmup + steps, period, ideal };
      const task = { config, loraRank: null, batch, length, threads, schedule: name, scheduleSettings };
      runs.push({ name, stepper: await startOurs(task, folder), answers: [] });
    }
    const evaluations = await takeTurns(runs);
    const [stages, ...others] = runs;
    const byKind = kindsOf(stages.answers);
    const price = {
      sft: median(byKind.get('sft') ?? []),
      dpo: median(byKind.get('dpo') ?? []),
      evaluation: median(evaluations),
    };
    report.note(
      `Sequential: ${price.sft.toFixed(1)} ms a step on SFT, ${price.dpo.toFixed(1)} ms on DPO, ` +
        `${price.evaluation.toFixed(1)} ms an evaluation of both`,
    );
    for (const run of others) await reportRun(run, stages, price, report);
  } finally {
    for (const { stepper } of runs) stepper.end();
  }
}

/** Takes every step in all processes, one after the other; returns the times of evaluations between them. */
async function takeTurns(runs: readonly TimedRun[]): Promise<number[]> {
  const evaluations: number[] = [];
  for (let step = 1; step <= warmup + steps; step++) {
    for (const { stepper, answers } of runs) {
      const answer = await stepper.step();
      if (step > warmup) answers.push(answer);
    }
    if (step % period === 0) evaluations.push((await runs[0].stepper.evaluate()).milliseconds);
  }
  return evaluations;
}

/** The milliseconds of steps by what they did; "+" marks those that evaluated both objectives first. */
function kindsOf(answers: readonly StepAnswer[], evaluates = false): Map<string, number[]> {
  const kinds = new Map<string, number[]>();
  answers.forEach(({ choice, milliseconds }, i) => {
    const kind = evaluates && (warmup + i) % period === 0 ? `${choice}+` : choice;
    kinds.set(kind, [...(kinds.get(kind) ?? []), milliseconds]);
  });
  return kinds;
}

/** A run's time per step, each kind of step at its median. */
function perStep(kinds: ReadonlyMap<string, readonly number[]>): number {
  return [...kinds.values()].reduce((sum, times) => sum + times.length * median(times), 0) / steps;
}

async function reportRun(
  { name, stepper, answers }: TimedRun,
  stages: TimedRun,
  price: Readonly<Record<'sft' | 'dpo' | 'evaluation', number>>,
  report: Report,
): Promise<void> {
  const kinds = kindsOf(answers, name === paper.maxright);
  const ours = perStep(kinds);
  const row = { group: 'overhead', threads };
  const versus = { ...row, peer: 'Sequential', case: name };
  report.row(compared({ ...versus, ours, theirs: perStep(kindsOf(stages.answers)), unit: 'ms/step' }));
  const mebibytes = async (of: Stepper): Promise<number> => (await of.memory()).residentBytes / 2 ** 20;
  const memory = { ours: await mebibytes(stepper), theirs: await mebibytes(stages.stepper) };
  report.row(compared({ ...versus, ...memory, unit: 'MiB' }));
  if (name !== paper.mix) {
    const dpoSteps = answers.filter(({ choice }) => choice === 'dpo').length;
    const evaluations = [...kinds].reduce(
      (sum, [kind, { length: count }]) => sum + (kind.endsWith('+') ? count : 0),
      0,
    );
    const explained = (dpoSteps * price.dpo + (steps - dpoSteps) * price.sft + evaluations * price.evaluation) / steps;
    report.note(`${name}: ${dpoSteps} of ${steps} steps on DPO, ${evaluations} evaluations of both objectives`);
    report.row(compared({ ...versus, case: `${name}, steps of each kind`, ours, theirs: explained, unit: 'ms/step' }));
  }
  const scheduling = median(answers.map((answer) => answer.schedulingMilliseconds));
  report.row(alone({ ...row, case: `${name}, scheduling`, ours: (100 * scheduling) / ours, unit: '% of a step' }));
}
