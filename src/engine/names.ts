/** What `--backend` takes: auto is the GPU where there is one, else wasm. */
export const backendNames = ['auto', 'wasm', 'webgpu', 'cpu'] as const;

/** A backend, or auto. */
export type BackendName = (typeof backendNames)[number];

/** The tensor backend of this process. */
export interface Backend {
  readonly name: Exclude<BackendName, 'auto'>;
  /** One line for the reader of a run's output: the backend, and the adapter it runs on. */
  readonly description: string;
  /** Frees the device, so that the process can exit. Every tensor is lost. */
  close(): void;
}
