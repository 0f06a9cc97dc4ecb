/** The remedies of src/remedy that language models are not trained under, each with the reason. */
export const untrainedRemedies: Readonly<Record<string, string>> = {
  'laplace-anchor':
    'none for language models: a whole Hessian has as many entries as the square of the variables; ewc-anchor keeps its diagonal',
  'fisher-average':
    'none for language models: it solves with whole Hessians, as many entries as the square of the variables; average needs none',
  subspace:
    'none for language models: the leading eigenvectors of their Hessians are not computed; an adapter (--lora-rank) is a subspace too',
};
