/**
 * What the generators assume where an option is absent. The command line shows the same values in its help; they stand
 * apart from the generators so that showing them loads nothing else.
 */
export const quadraticDefaults = { dimension: 2, condition: 10, angle: 90, distance: 2, noise: 0.1, seed: 0 } as const;

/** Of `logLinear`. */
export const logLinearDefaults = {
  dimension: 10,
  candidates: 5,
  examples: 200,
  conflict: 0.5,
  sharpness: 2,
  beta: 1,
  radius: 5,
  reference: 'zero',
  seed: 0,
} as const;

/** Of `closedForm`. */
export const closedFormDefaults = { noise: 0, start: 0 } as const;

/** Of `fromText`. */
export const fromTextDefaults = {
  features: 'hashed-ngrams',
  unit: 'word',
  ngram: 2,
  dimension: 256,
  candidates: 8,
  examples: 1000,
  beta: 1,
  radius: 5,
  seed: 0,
} as const;
