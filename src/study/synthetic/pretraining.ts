/** The model of the synthetic language, and how it is pre-trained on the language at large. */
export const pretraining = {
  steps: 150,
  batch: 16,
  learningRate: 4e-3,
  width: 64,
  heads: 4,
  layers: 2,
  contextLength: 32,
};
