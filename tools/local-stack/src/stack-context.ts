import type { HostConfig } from './host.config';
import type { StackOptions } from './options';
import type { Progress } from './progress';
import type { StackSecrets } from './secrets';
import type { StackPaths } from './stack-paths';
import type { Supervisor } from './supervisor';

/** What every step of a start needs. */
export interface StackContext {
  readonly options: StackOptions;
  readonly host: HostConfig;
  readonly paths: StackPaths;
  readonly secrets: StackSecrets;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
  /** Aborted when the user asked to stop during the start. */
  readonly stopSignal: AbortSignal;
}
