/** Plays the runs from their first step to their last. */
export interface Player {
  /** Plays once, unless the visitor wants little motion. */
  once(): void;
  stop(): void;
}

const [duration, delay] = [3200, 700];

/** Makes a button play; `shown` is told the share of the steps to draw. */
export function player(button: HTMLButtonElement, shown: (share: number) => void): Player {
  let frame = 0;
  const stop = (): void => {
    if (frame === 0) return;
    cancelAnimationFrame(frame);
    frame = 0;
    button.textContent = '▶ Play';
    shown(1);
  };
  const play = (wait: number): void => {
    stop();
    const begin = performance.now() + wait;
    button.textContent = '■ Stop';
    const step = (now: number): void => {
      const share = Math.min(1, Math.max(0, (now - begin) / duration));
      // Slower at first, when most happens.
      shown(share ** 1.8);
      if (share === 1) stop();
      else frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  };
  button.addEventListener('click', () => {
    if (frame === 0) play(0);
    else stop();
  });
  return {
    once() {
      if (!matchMedia('(prefers-reduced-motion: reduce)').matches) play(delay);
    },
    stop,
  };
}
