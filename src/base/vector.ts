/** Σ a_e b_e, of vectors or of matrices. */
export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let e = 0; e < a.length; e++) sum += a[e] * b[e];
  return sum;
}

/** The Euclidean norm of a vector, the Frobenius norm of a matrix. */
export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(inner(a, a));
}
