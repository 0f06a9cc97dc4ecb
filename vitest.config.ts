import { defineConfig } from 'vitest/config';

const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Half the cores by default, which on two is one.
    maxWorkers: '100%',
    // Here, and inherited by no project, it runs once and not once for each.
    globalSetup: 'test/build.ts',
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
