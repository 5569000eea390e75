import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { systemClock } from '@tidegate/clock';
import { HealthCoreModule } from '@tidegate/health';
import { MetricsCoreModule } from '@tidegate/metrics';
import { MlflowClient, type MlflowCredentials } from '@tidegate/mlflow-client';
import { OnnxEngine } from './engine/onnx-engine';
import type { InferenceConfig } from './inference.config';
import { FollowerReport } from './models/follower-report';
import { MlflowModelRegistry } from './models/mlflow-model-registry';
import { ModelCache } from './models/model-cache';
import { ModelFollower } from './models/model-follower';
import { ModelLoader } from './models/model-loader';
import { ServedModels } from './models/served-models';
import { PredictService } from './predict/predict.service';
import { PredictionEvents } from './predict/prediction-events';
import { HealthController } from './status/health.controller';
import { InferenceMetrics } from './status/inference-metrics';
import { ModelsController } from './status/models.controller';
import { PredictionTally } from './status/prediction-tally';

/** The inference app with everything it needs, made from its configuration. */
@Module({})
export class AppModule {
  static register(config: InferenceConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [HealthCoreModule, MetricsCoreModule.register()],
      controllers: [HealthController, ModelsController],
      providers: [
        InferenceMetrics,
        {
          provide: PredictionTally,
          inject: [InferenceMetrics],
          useFactory: (metrics: InferenceMetrics) => new PredictionTally(metrics, systemClock),
        },
        FollowerReport,
        servedModels(config),
        predictionEvents(config),
        predictService(config),
      ],
    };
  }
}

function servedModels(config: InferenceConfig): Provider {
  return {
    provide: ServedModels,
    inject: [FollowerReport],
    useFactory: (listener: FollowerReport): ServedModels => {
      const credentials = credentialsOf(config);
      const client = new MlflowClient({
        baseUrl: config.mlflowUrl,
        userAgent: 'tidegate-inference',
        ...(credentials && { credentials }),
      });
      const registry = new MlflowModelRegistry(client, config.maxModelBytes);
      const loader = new ModelLoader(
        new ModelCache(config.cacheDir, registry),
        [new OnnxEngine()],
        systemClock,
      );
      for (const selector of config.models) listener.announce(selector);
      const { pollIntervalMs } = config;
      const parts = { registry, loader, listener, clock: systemClock, random: Math.random, pollIntervalMs };
      return new ServedModels(config.models.map((selector) => new ModelFollower(selector, parts)));
    },
  };
}

function credentialsOf(config: InferenceConfig): MlflowCredentials | undefined {
  const { mlflowToken: token, mlflowUsername: username, mlflowPassword: password } = config;
  if (token !== undefined) return { kind: 'bearer', token };
  return username === undefined ? undefined : { kind: 'basic', username, password: password ?? '' };
}

function predictionEvents(config: InferenceConfig): Provider {
  return {
    provide: PredictionEvents,
    inject: [InferenceMetrics],
    useFactory: (metrics: InferenceMetrics) => new PredictionEvents(config, metrics, systemClock),
  };
}

function predictService(config: InferenceConfig): Provider {
  return {
    provide: PredictService,
    inject: [ServedModels, PredictionTally, PredictionEvents],
    useFactory: (models: ServedModels, tally: PredictionTally, events: PredictionEvents) =>
      new PredictService({ models, tally, events, clock: systemClock, maxInstances: config.maxInstances }),
  };
}
