/** A point, the value there, and a bound on how far that is above the minimum. */
export interface CertifiedMinimum {
  readonly minimizer: Float64Array;
  /** The double nearest to the value at the minimiser. */
  readonly value: number;
  /** value − minimum ≤ certificate in exact arithmetic, whatever the solver did; Infinity where nothing is certified. */
  readonly certificate: number;
  /** Why the certificate is Infinity, where it is. */
  readonly reason?: string;
}

/** What `minimize` needs to know. */
export interface MinimizeOptions {
  readonly start: Float64Array;
  /** Infinity for all of R^d. */
  readonly radius: number;
  /** A modulus of strong convexity; 0 where none is known. */
  readonly modulus: number;
  /** Whether the function may have kinks. */
  readonly nonsmooth?: boolean;
}
