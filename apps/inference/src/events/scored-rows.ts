import type { ModelFollower } from '../models/model-follower';
import type { ServedVersion } from '../models/served-version';
import type { ModelRun } from '../protocols/protocol';

/** The instances of one answered request, for the prediction log. */
export interface ScoredRows {
  readonly id: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly subject: string | undefined;
  readonly latencyMs: number;
  /** Whose predictions they are. */
  readonly follower: ModelFollower;
  readonly version: ServedVersion;
  readonly runs: readonly ModelRun[];
  /** The predictions as JSON, one text a row; asked for only when they are logged, as making them costs time. */
  readonly rowTexts: () => readonly string[];
  /** The instances as JSON, one text a row. */
  readonly inputTexts: () => readonly string[];
  /** The model that answered the caller, when these rows ran in its shadow: as in MODELS. */
  readonly shadowOf?: string;
}
