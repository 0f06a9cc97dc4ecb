/** A JavaScript module of the visitor's own. */
export interface ModuleFile {
  /** The file's name. */
  readonly file: string;
  readonly text: string;
}

/** A schedule that a module of the visitor's own exports. */
export interface OwnSchedule extends ModuleFile {
  /** Its name, by which runs, curves and columns are known. */
  readonly key: string;
  readonly label: string;
  readonly description: string;
}

/** To a worker of its own: what schedule a module exports. */
export interface ModuleRequest {
  readonly task: 'module';
  readonly module: ModuleFile;
}

/** The answer: the schedule, or why there is none. */
export type ModuleAnswer =
  | { readonly kind: 'module'; readonly schedule: OwnSchedule }
  | { readonly kind: 'no-module'; readonly message: string };
