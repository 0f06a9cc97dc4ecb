import type { ProblemFile } from '../../convex/problem/format.js';
import type { Subject } from '../subject.js';
import type { WorstProblem } from '../worst-case/worst-problem.js';

/** An instance as a statement is checked on it, and as it is stored: `solve` or `worst-case --problem` read it. */
export interface Instance {
  readonly subject: Subject;
  readonly file: ProblemFile | WorstProblem;
}
