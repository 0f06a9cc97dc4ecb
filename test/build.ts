import { compiled } from '../compile.js';

/** Where the command line compiled for the tests lies. Types are checked by "npm run typecheck". */
export const testBuild = await compiled();
