import { type RunningService, startService } from '@tidegate/bootstrap';
import { systemClock } from '@tidegate/clock';
import { DrainState } from '@tidegate/health';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module';
import { inferenceCloudWatchMetrics } from './cloudwatch-metrics';
import type { InferenceConfig } from './inference.config';
import { takeUnnamedJson } from './protocols/open-inference/unnamed-json';
import { protocolsByPath } from './protocols/protocols-by-path';
import { ScoringServer } from './scoring/scoring-server';
import { ScoringService } from './scoring/scoring.service';

/** Starts the app; tests and `main.ts` come through here. */
export function startInference(
  config: InferenceConfig,
  logDestination?: DestinationStream,
): Promise<RunningService> {
  return startService({
    name: 'inference',
    module: AppModule.register(config),
    settings: config,
    cloudWatch: { service: 'inference', metrics: inferenceCloudWatchMetrics },
    maxBodyBytes: config.maxBodyBytes,
    configure: (fastify, app) => {
      takeUnnamedJson(fastify);
      new ScoringServer({
        service: app.get(ScoringService),
        protocolOf: protocolsByPath(config),
        drain: app.get(DrainState),
        clock: systemClock,
        logger: fastify.log,
        maxBodyBytes: config.maxBodyBytes,
        maxInflightBytes: config.maxInflightBytes,
        bodyTimeoutMs: config.bodyTimeoutMs,
        internalToken: config.internalToken,
      }).mount(fastify.server);
    },
    ...(logDestination && { logDestination }),
  });
}
