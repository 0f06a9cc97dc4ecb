import { allocate } from './arena';
import { exampleRows, Objective, QUADRATIC, rowCount } from './objective';
import { normal, Stream, uniforms } from './stream';

/** How many steps are drawn at once: as many as have so many examples, and a few at least. */
const EXAMPLES_AHEAD = 64;
const LEAST_STEPS_AHEAD = 4;

/** A drawn example. */
@unmanaged
export class Example {
  /** Where its rows lie, and how many there are. */
  rows: usize;
  count: i32;
  /** Its number among the examples. */
  index: i32;
}

/** The samples of an objective, step by step. */
@unmanaged
export class Sampler {
  objective: Objective;
  stream: Stream;
  batch: i32;
  /** The sample of the present step: an Example each, or the noise. */
  drawn: usize;
  /** Where the samples of the steps drawn at once lie, and how many bytes a step takes. */
  ahead: usize;
  stride: usize;
  /** Room for the uniform numbers that they are made of. */
  uniforms: usize;
}

/** What one seed draws: every run of the seed takes the same samples and coins. */
@unmanaged
export class Draws {
  dpo: Sampler;
  sft: Sampler;
  /** The samples that values are seen on: the same, or others. */
  dpoEvaluated: Sampler;
  sftEvaluated: Sampler;
  choice: Stream;
  hasCoin: bool;
  /** The coin of the present step, and where those of the steps drawn at once lie. */
  coin: usize;
  coins: usize;
  /** How many steps are drawn at once, and for how many more there are draws. */
  stepsAhead: i32;
  left: i32;
}

/** How many steps are drawn at once. */
function stepsAhead(objective: Objective, batch: i32): i32 {
  return objective.kind === QUADRATIC ? 1 : max(LEAST_STEPS_AHEAD, EXAMPLES_AHEAD / batch);
}

/** The samples of an objective from a stream. */
export function newSampler(objective: Objective, stream: Stream, batch: i32): Sampler {
  const sampler = changetype<Sampler>(allocate(offsetof<Sampler>()));
  sampler.objective = objective;
  sampler.stream = stream;
  sampler.batch = batch;
  if (objective.kind === QUADRATIC) {
    sampler.ahead = allocate((<usize>objective.pairs) << 4);
  } else {
    const steps = <usize>stepsAhead(objective, batch);
    sampler.stride = <usize>batch * offsetof<Example>();
    sampler.ahead = allocate(steps * sampler.stride);
    sampler.uniforms = allocate((steps * <usize>batch) << 3);
  }
  sampler.drawn = sampler.ahead;
  return sampler;
}

/** What a seed draws, without coins. */
export function newDraws(dpo: Sampler, sft: Sampler): Draws {
  const draws = changetype<Draws>(allocate(offsetof<Draws>()));
  draws.dpo = draws.dpoEvaluated = dpo;
  draws.sft = draws.sftEvaluated = sft;
  draws.stepsAhead = stepsAhead(dpo.objective, dpo.batch);
  draws.coin = draws.coins = allocate((<usize>draws.stepsAhead) << 3);
  return draws;
}

/** Goes on to the draws of the next step. */
export function drawStep(draws: Draws): void {
  // A quadratic's values are seen without noise.
  const isFresh = draws.dpoEvaluated !== draws.dpo && draws.dpo.objective.kind !== QUADRATIC;
  if (draws.left === 0) {
    draws.left = draws.stepsAhead;
    drawAhead(draws.dpo);
    drawAhead(draws.sft);
    if (isFresh) {
      drawAhead(draws.dpoEvaluated);
      drawAhead(draws.sftEvaluated);
    }
    draws.coin = draws.coins;
    if (draws.hasCoin) uniforms(draws.choice, draws.coins, draws.stepsAhead);
  } else {
    goOn(draws.dpo);
    goOn(draws.sft);
    if (isFresh) {
      goOn(draws.dpoEvaluated);
      goOn(draws.sftEvaluated);
    }
    draws.coin += 8;
  }
  draws.left--;
}

function goOn(sampler: Sampler): void {
  sampler.drawn += sampler.stride;
}

/** Draws the samples of as many steps as there is room for. */
function drawAhead(sampler: Sampler): void {
  const objective = sampler.objective;
  sampler.drawn = sampler.ahead;
  if (objective.kind === QUADRATIC) return drawNoise(sampler);
  const count = stepsAhead(objective, sampler.batch) * sampler.batch;
  uniforms(sampler.stream, sampler.uniforms, count);
  let from = sampler.uniforms;
  let at = sampler.ahead;
  for (const end = at + <usize>count * offsetof<Example>(); at < end; at += offsetof<Example>(), from += 8) {
    const example = changetype<Example>(at);
    const n = <i32>(load<f64>(from) * <f64>objective.count);
    example.index = n;
    example.rows = exampleRows(objective, n);
    example.count = rowCount(objective, n);
  }
}

function drawNoise(sampler: Sampler): void {
  const objective = sampler.objective;
  if (objective.noise === 0) return;
  const deviation = objective.noise / sqrt(<f64>sampler.batch);
  for (let i = 0; i < objective.dimension; i++) {
    store<f64>(sampler.drawn + ((<usize>i) << 3), deviation * normal(sampler.stream));
  }
}

/** Example b of a sample. */
export function exampleAt(sample: usize, b: i32): Example {
  return changetype<Example>(sample + <usize>b * offsetof<Example>());
}
