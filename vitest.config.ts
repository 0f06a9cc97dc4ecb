import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { compiled } from './compile.js';

/** The sources compiled once for all files, whose threads and processes run them. */
const env = process.argv.includes('run') ? { FORGETTING_TEST_BUILD: await compiled() } : {};

/** Threads that tests start in their own process run what is compiled too. */
const resolve = {
  alias: [
    { find: /^\..*\/worker-module\.js$/, replacement: new URL('test/worker-module.ts', import.meta.url).pathname },
  ],
};

// What is waited for comes when the machine's other work lets it: a second, vitest's own patience, is none.
const patience = { env, testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 30_000 } } };

// A page of the site computes, draws and is looked at by axe beside whatever else the machine does.
// What fails there once is told and tried again: what fails twice is a fault.
const patienceWithPages = {
  env,
  testTimeout: 300_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 120_000 } },
  retry: 1,
};

const alone = 'test/site/drag.test.ts';

/**
 * Files that leave a process as they found it, and go through one after the other: to load everything anew for each takes
 * longer than most of them.
 */
const shared = [
  'test/{advice,assembly,base,convex,engine,experiment,figure,preference-loss,remedy,schedule,sdp,theory}/**/*.test.ts',
  'test/cli/{front,problem,refusals,schedule-options,solve,train-checks}.test.ts',
  'test/cluster/{job-script,refusals,status,sweep}.test.ts',
  'test/docs/options.test.ts',
  'test/llm/{data,hub,loss,model,multiple-choice,profile,reference,results,tokenizer,weights}/*.test.ts',
  'test/llm/generate.test.ts',
  'test/llm/train/{added-terms,dropout,projected-subgradient,stage-two,trajectory}.test.ts',
  'test/study/synthetic/*.test.ts',
];

/** Of theirs those that mock a module, start threads of their number, or ask what a fresh process or backend has room for. */
const apart = [
  'test/convex/simulate/added-schedule.test.ts',
  'test/engine/threads.test.ts',
  'test/llm/model/half-precision.test.ts',
  'test/llm/model/load-memory.test.ts',
];

/**
 * Short files that take long. They begin, for one of them at the end would leave all cores but one idle; vitest itself,
 * where it has no times of earlier runs, begins with the files of most bytes.
 */
const long = [
  'cluster/slurm',
  'package',
  'cli/run',
  'site/pages',
  'study/experiment',
  'llm/device/device',
  'cli/verify',
  'site/firefox',
  'cluster/parallel',
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      long.some((name) => moduleId.endsWith(`/test/${name}.test.ts`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    // One more than there are cores: tests of Slurm, of kills and of pages wait for a good part of their time.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        resolve,
        test: {
          ...patience,
          name: 'shared',
          include: shared,
          exclude: apart,
          isolate: false,
        },
      },
      {
        resolve,
        test: {
          ...patience,
          name: 'toolkit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/site/**', ...shared],
        },
      },
      { resolve, test: { ...patience, name: 'apart', include: apart } },
      // Its own project, so that the site is built only where its tests run.
      {
        resolve,
        test: {
          ...patienceWithPages,
          name: 'site',
          include: ['test/site/*.test.ts'],
          exclude: [alone],
          // Files that come after each other share a browser.
          isolate: false,
          globalSetup: 'test/site/build.ts',
        },
      },
      // After all others: how soon the page answers is what it tests.
      {
        test: {
          ...patienceWithPages,
          name: 'alone',
          include: [alone],
          globalSetup: 'test/site/build.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
