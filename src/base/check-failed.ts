/** A check of computed numbers that failed: the command line prints its message as one line and exits with code 1. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}
