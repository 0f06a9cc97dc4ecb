import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Short files that take long. They begin, for one of them at the end would leave all cores but one idle; vitest itself,
 * where it has no times of earlier runs, begins with the files of most bytes.
 */
const long = ['package', 'llm/model/gradients', 'llm/device/device', 'assembly/build', 'cli/verify', 'bundle/bundle'];

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
    // Half the cores by default, which on two is one.
    maxWorkers: '100%',
    // Here, and inherited by no project, it runs once and not once for each.
    globalSetup: 'test/build.ts',
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        test: {
          ...patience,
          name: 'toolkit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/site/**'],
        },
      },
      // Its own project, so that the site is built only where its tests run: after all others and one file at a time,
      // for how soon a page answers is part of what they test.
      {
        test: {
          ...patience,
          name: 'site',
          include: ['test/site/*.test.ts'],
          globalSetup: 'test/site/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
