import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { CachedProbe, DrainState } from '@tidegate/health';
import type { FastifyReply } from 'fastify';
import { FollowerReport } from '../models/follower-report';
import { ServedModels } from '../models/served-models';
import { PredictionTally } from './prediction-tally';

/** Probes. All answers come from memory: a probe never waits for MLflow. */
@Controller()
export class HealthController {
  constructor(
    private readonly models: ServedModels,
    private readonly registry: FollowerReport,
    private readonly tally: PredictionTally,
    private readonly drain: DrainState,
    private readonly workers: CachedProbe,
  ) {}

  /** 200 also while the model loads or MLflow is away: a restart would mend neither. 500 when only a restart can help. */
  @Get('health')
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { lastPredictionAtMs } = this.tally;
    const { status, failure } = await this.workers.read();
    if (status === 'unhealthy') void reply.status(HttpStatus.INTERNAL_SERVER_ERROR);
    return {
      status,
      service: 'inference-service',
      version: TIDEGATE_VERSION,
      cause: failure?.cause,
      model_loaded: this.models.isEveryModelLoaded,
      mlflow_accessible: this.registry.isRegistryAccessible,
      startup_time: new Date(this.tally.startedAtMs).toISOString(),
      last_prediction_time:
        lastPredictionAtMs === undefined ? null : new Date(lastPredictionAtMs).toISOString(),
      prediction_count: this.tally.predictionCount,
      error_count: this.tally.errorCount,
    };
  }

  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): object {
    const isLoaded = this.models.isEveryModelLoaded;
    if (isLoaded && !this.drain.isDraining) return { status: 'ready', model_loaded: true };
    void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status: 'not_ready',
      reason: this.drain.isDraining ? 'draining' : 'model_not_loaded',
      model_loaded: isLoaded,
      models: this.models.followers.flatMap(({ selector, current, problem }) =>
        current === undefined
          ? [{ model: selector.text, code: problem?.problem.code, remedy: problem?.problem.remedy }]
          : [],
      ),
    };
  }

  @Get('live')
  live(): object {
    return { status: 'alive' };
  }
}
