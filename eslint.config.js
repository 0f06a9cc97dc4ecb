import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      'dist',
      'site/dist',
      'node_modules',
      'figures/rendered',
      'build',
      '.cache',
      'assembly/*/**',
      '**/*.wasm.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Indices into typed arrays and numbers in messages are the daily bread of numerical code.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
);
