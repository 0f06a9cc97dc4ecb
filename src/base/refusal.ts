import { InputError } from './input-error.js';

/** The parts of an InputError, which threads hand to each other without its class. */
export type Refusal = Pick<InputError, 'field' | 'value' | 'expected'>;

/** What a thread's work refuses, as its answer; undefined where it ends. Throws whatever else the work throws. */
export async function refusalOf(work: () => Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field, value, expected } = error;
    return { field, value, expected };
  }
}

/** Throws the InputError that a thread has answered with; does nothing where it has ended. */
export function throwRefusal(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new InputError(refusal.field, refusal.value, refusal.expected);
}
