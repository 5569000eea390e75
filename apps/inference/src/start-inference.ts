import { type RunningService, startService } from '@tidegate/bootstrap';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module';
import { inferenceCloudWatchMetrics } from './cloudwatch-metrics';
import type { InferenceConfig } from './inference.config';
import { addPredictRoute } from './predict/predict.route';
import { PredictService } from './predict/predict.service';

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
    configure: (fastify, app) => addPredictRoute(fastify, app.get(PredictService)),
    ...(logDestination && { logDestination }),
  });
}
