import './transport.css';

/** What moves through the steps of runs: Play, pause, a step, and a slider, on every panel that shows runs. */
export interface Transport {
  /**
   * The steps that can be shown, from 0 to the last, and what each one works on, in words; '' where nothing says. Who is
   * at the end follows it where it moves on, and who went back to a step stays there.
   */
  over(steps: readonly number[], working: (step: number) => string): void;
  /** Plays once, unless the visitor wants little motion. */
  once(): void;
  /** Shows the end. */
  end(): void;
}

const duration = 3200;

/**
 * Fills an element with the transport.
 * @param shown told the share of the steps to draw
 */
export function transport(host: HTMLElement, shown: (share: number) => void): Transport {
  host.classList.add('transport');
  host.innerHTML = `<button type="button" class="play">▶ Play</button>
    <button type="button" class="one" title="One step on">Step</button>
    <input type="range" min="0" max="1" step="1" value="1" aria-label="Step">
    <output></output>`;
  const play = host.querySelector<HTMLButtonElement>('.play');
  const one = host.querySelector<HTMLButtonElement>('.one');
  const slider = host.querySelector('input');
  const output = host.querySelector('output');
  if (play === null || one === null || slider === null || output === null)
    throw new Error('the transport has no parts');
  let steps: readonly number[] = [0, 1];
  let working: (step: number) => string = () => '';
  let at = 1;
  let frame = 0;
  const last = (): number => steps[steps.length - 1];

  const go = (step: number): void => {
    at = Math.min(last(), Math.max(0, step));
    slider.value = String(Math.round(at));
    const reached = steps.findLast((recorded) => recorded <= at) ?? 0;
    const words = working(reached);
    const text = `step ${reached.toLocaleString('en')} of ${last().toLocaleString('en')}${words === '' ? '' : `: ${words}`}`;
    output.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    shown(at / last());
  };
  const pause = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    play.textContent = '▶ Play';
  };
  const run = (): void => {
    // Slower at first, when most happens.
    const from = at >= last() ? 0 : (at / last()) ** (1 / 1.8);
    let begin: number | undefined;
    play.textContent = '❚❚ Pause';
    const draw = (now: number): void => {
      // The first frame is where it begins, however late it comes.
      begin ??= now - from * duration;
      const share = Math.min(1, Math.max(0, (now - begin) / duration));
      go(share ** 1.8 * last());
      if (share === 1) pause();
      else frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
  };
  play.addEventListener('click', () => {
    if (frame === 0) run();
    else pause();
  });
  one.addEventListener('click', () => {
    pause();
    go(steps.find((step) => step > at) ?? 0);
  });
  slider.addEventListener('input', () => {
    pause();
    go(Number(slider.value));
  });
  return {
    over(next, words) {
      const share = at / last();
      const grown = next.length > steps.length && steps.every((step, i) => step === next[i]);
      const same = steps.length === next.length && last() === next[next.length - 1];
      // At rest at the end there is nothing to draw anew.
      const rests = same && at === last() && words(last()) === working(last());
      [steps, working] = [next, words];
      slider.max = String(last());
      if (!rests) go(same || (grown && share < 1) ? at : share * last());
    },
    once() {
      if (frame === 0 && !matchMedia('(prefers-reduced-motion: reduce)').matches) run();
    },
    end() {
      pause();
      go(last());
    },
  };
}
