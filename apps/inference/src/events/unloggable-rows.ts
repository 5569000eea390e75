import { Logger } from '@nestjs/common';
import type { ServedVersion } from '../models/served-version';
import type { InferenceMetrics } from '../status/inference-metrics';
import type { ScoredRows } from './scored-rows';

/** Rows that are answered rightly and no events can be made of: counted, and told once a version, as all requests are alike. */
export class UnloggableRows {
  private readonly logger = new Logger('PredictionLog');
  private readonly told = new WeakSet<ServedVersion>();

  constructor(private readonly metrics: InferenceMetrics) {}

  note({ runs, version, follower }: ScoredRows, error: unknown): void {
    const count = runs.reduce((sum, { rows }) => sum + rows, 0);
    this.metrics.logEvents.inc({ result: 'dropped' }, count);
    if (this.told.has(version)) return;
    this.told.add(version);
    this.logger.error(
      { model: follower.selector.text, version: version.target.version, err: error },
      'predictions of this version are answered but cannot be logged, and count as dropped: register it with an input example, which shows at loading what its rows are',
    );
  }
}
