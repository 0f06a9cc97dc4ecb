import { initialState, type State } from '../playground/state.js';

/** The pair of quadratics that the story is told on: the playground's first, so that the reader finds it there again. */
export function storyState(parts: Partial<State>): State {
  return { ...initialState, ...parts };
}
