/**
 * The token that a uniform number from [0, 1) draws from softmax(logits), summed in double precision in the order of the
 * vocabulary.
 */
export function drawnToken(logits: Float32Array, uniform: number): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - largest);
  let left = uniform * total;
  let last = 0;
  for (let id = 0; id < logits.length; id++) {
    const weight = Math.exp(logits[id] - largest);
    if (weight === 0) continue;
    last = id;
    left -= weight;
    if (left < 0) return id;
  }
  // What rounding leaves over falls to the last token that has a probability.
  return last;
}
