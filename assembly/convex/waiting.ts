import { allocate } from './arena';
import { Objective, valuesAt } from './objective';

/** How many points wait to be evaluated together. */
const MOST: i32 = 32;

/** Points that wait to be evaluated, so that every example is read once for all of them. */
@unmanaged
export class Waiting {
  dpo: Objective;
  sft: Objective;
  /** The points, and where the two values of each go. */
  points: usize;
  destinations: usize;
  count: i32;
  /** Room for a number a point. */
  rest: usize;
  values: usize;
}

/** No points so far. */
export function newWaiting(dpo: Objective, sft: Objective): Waiting {
  const waiting = changetype<Waiting>(allocate(offsetof<Waiting>()));
  waiting.dpo = dpo;
  waiting.sft = sft;
  waiting.points = allocate((<usize>(MOST * dpo.pairs)) << 4);
  waiting.destinations = allocate(<usize>MOST * sizeof<usize>());
  waiting.rest = allocate((<usize>(MOST + 1)) << 3);
  waiting.values = allocate((<usize>(MOST + 1)) << 3);
  return waiting;
}

/** The room of one more point, whose f_DPO and f_SFT go to `destination` sooner or later. */
export function wait(waiting: Waiting, destination: usize): usize {
  if (waiting.count === MOST) evaluateWaiting(waiting);
  const index = <usize>waiting.count;
  waiting.count++;
  store<usize>(waiting.destinations + index * sizeof<usize>(), destination);
  return waiting.points + ((index * <usize>waiting.dpo.pairs) << 4);
}

/** Evaluates the points that wait. */
export function evaluateWaiting(waiting: Waiting): void {
  writeValues(waiting, waiting.dpo, 0);
  writeValues(waiting, waiting.sft, 8);
  waiting.count = 0;
}

function writeValues(waiting: Waiting, objective: Objective, offset: usize): void {
  const count = waiting.count;
  const values = waiting.values;
  valuesAt(objective, waiting.points, (<usize>objective.pairs) << 4, count, waiting.rest, values);
  for (let p: usize = 0; p < <usize>count; p++) {
    const destination = load<usize>(waiting.destinations + p * sizeof<usize>());
    store<f64>(destination + offset, load<f64>(values + (p << 3)));
  }
}

/** An objective's value at one point, at once. */
export function valueAt(waiting: Waiting, objective: Objective, point: usize): f64 {
  // The room for numbers is free between evaluations.
  valuesAt(objective, point, 0, 1, waiting.rest, waiting.values);
  return load<f64>(waiting.values);
}
