/** Work that goes to a cluster as tasks: what there is to do, and how far its files say that it is done. */
export interface Work {
  /** The folder that belongs to it; scripts and logs lie in its folder slurm. */
  readonly folder: string;
  /** Each needs all of those before it. */
  readonly stages: readonly Stage[];
}

/** Tasks that need nothing from each other. */
export interface Stage {
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** One task: what one process makes. */
export interface Task {
  /** What --run takes; undefined for the task that the command itself is, when all others have finished. */
  readonly number: number | undefined;
  readonly name: string;
  /**
   * Whether its files say that it is done, at the time of the call.
   * @throws InputError naming the file where what it left is damaged and not made anew by running it again
   */
  readonly isFinished: () => boolean | Promise<boolean>;
}
