import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeToyFiles } from '../llm/toy.js';

/** How fast steps are taken: the next one not before this changes, one every four seconds, or as usual. */
export type Pace = 'stopped' | 'slow' | 'usual';

/** The steps that a stopped run has taken: two more than its first checkpoint has. */
export const stepsBeforeStop = 27;

/** A tiny experiment, some of whose runs wait for a test, which can then meet them. */
export interface SlowExperiment {
  /** Sets how fast a run of `slowly` that is made alone takes its steps after the first checkpoint. */
  readonly setPace: (run: number, pace: Pace) => void;
  /** The words of the command behind `forgetting llm`. */
  readonly words: (out: string, ...more: string[]) => string[];
  /** Those of a comparison of two remedies on the same files, nine runs of four steps. */
  readonly remedies: (out: string, ...more: string[]) => string[];
}

/**
 * Writes the files of the experiment into a folder: six preparatory runs, and for each λ Sequential and the schedule
 * `slowly` in both comparisons.
 */
export async function slowExperiment(folder: string, lambdas: readonly number[]): Promise<SlowExperiment> {
  const { model, sft, preferences } = await writeToyFiles(folder);
  const [pace, schedule] = [join(folder, 'pace-'), join(folder, 'slowly.mjs')];
  writeFileSync(
    schedule,
    `import { readFileSync } from 'node:fs';
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const run = process.argv[process.argv.indexOf('--run') + 1];
const pace = () => {
  try {
    return readFileSync(${JSON.stringify(pace)} + run, 'utf8');
  } catch {
    return 'usual';
  }
};
const goesOn = (asked, milliseconds) => asked === 'usual' || (asked === 'slow' && milliseconds > 4000);
export default {
  name: 'slowly',
  label: 'Slowly',
  init: () => ({}),
  distribution: (state, t) => {
    const began = Date.now();
    while (t > ${stepsBeforeStop} && !goesOn(pace(), Date.now() - began)) Atomics.wait(sleeper, 0, 0, 100);
    return [{ choice: { dpo: 0.5, sft: 0.5 }, probability: 1 }];
  },
};
`,
  );
  const data = ['--model', model, '--sft', sft, '--preferences', preferences, '--max-length', '48'];
  const counts = ['--sft-examples', '3', '--preference-pairs', '3', '--held-out-examples', '1', '--seeds', '1'];
  const scale = ['--steps', '60', '--optimum-steps', '120', '--horizons', 'none', '--lambdas', lambdas.join()];
  const rest = ['--learning-rate-factors', '1', '--sensitivity-seeds', '0', '--schedules', schedule];
  const batches = ['--sft-batch', '1', '--preference-batch', '1'];
  const places = ['--preset', 'synthetic', '--backend', 'wasm', '--no-figures', '--cache', join(folder, 'cache')];
  return {
    setPace: (run, asked) => {
      if (asked === 'usual') rmSync(`${pace}${run}`, { force: true });
      else writeFileSync(`${pace}${run}`, asked);
    },
    words: (out, ...more) => [
      ...['experiment', ...data, ...counts, ...scale, ...rest, ...batches, ...places, '--out', out],
      ...more,
    ],
    remedies: (out, ...more) => [
      ...['experiment', ...data, ...counts, ...batches, ...places, '--out', out, '--remedies', 'sequential'],
      ...['--steps', '4', '--optimum-steps', '6', ...more],
    ],
  };
}

/** Every file of an experiment's folder but what belongs to Slurm and to the clock. */
export function contents(path: string): Map<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  const kept = names.filter((name) => !/^slurm\/|timing|cost/.test(name) && statSync(join(path, name)).isFile());
  return new Map(kept.map((name) => [name, readFileSync(join(path, name)).toString('base64')]));
}
