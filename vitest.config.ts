import { defineConfig } from 'vitest/config';

/** Tests that judge times, which other tests beside them would spoil. */
const timed = ['test/llm/profile/profile.test.ts'];

export default defineConfig({
  test: {
    // Half the cores by default, which on two is one.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'toolkit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/site/**', ...timed],
          globalSetup: 'test/build.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: timed,
          globalSetup: 'test/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      // Its own project, so that the site is built only where its tests run: after all others and one file at a time,
      // for how soon a page answers is part of what they test.
      {
        extends: true,
        test: {
          name: 'site',
          include: ['test/site/*.test.ts'],
          globalSetup: ['test/build.ts', 'test/site/build.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
