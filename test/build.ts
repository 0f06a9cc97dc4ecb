import { compiled } from '../compile.js';

/**
 * Where the command line compiled for the tests lies: vitest.config.ts has looked, unless it watches and sources may
 * change. Types are checked by "npm run typecheck".
 */
export const testBuild = process.env.FORGETTING_TEST_BUILD ?? (await compiled());
