/** How a command takes schedules. */
export interface TakenSchedules {
  /** The option that names them: one, or several with commas. */
  readonly option: 'schedule' | 'schedules';
  /** What several schedules are named for, where that is not to compare them with Sequential. */
  readonly purpose?: string;
  /** The command's own defaults of the schedules' settings, where they are others than the schedules'. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The settings that the command decides itself. */
  readonly decided: readonly string[];
  /** The schedules that are taken unless others are named. */
  readonly standard?: () => Promise<readonly string[]>;
}
