import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ApiDocsModule } from '@tidegate/api-docs';
import { systemClock } from '@tidegate/clock';
import { CachedProbe, HealthCoreModule, ProbeMonitor } from '@tidegate/health';
import { MetricsCoreModule } from '@tidegate/metrics';
import { MlflowClient, type MlflowCredentials, type S3Settings } from '@tidegate/mlflow-client';
import { INFERENCE_DOCUMENTATION } from './docs/inference-documentation';
import { ENGINES } from './engine/engines';
import { PredictionEvents } from './events/prediction-events';
import type { InferenceConfig } from './inference.config';
import { CacheFolder } from './models/cache-folder';
import { FollowerReport } from './models/follower-report';
import { LastServed } from './models/last-served';
import { MlflowModelRegistry } from './models/mlflow-model-registry';
import { ModelCache } from './models/model-cache';
import { ModelFollower } from './models/model-follower';
import { ModelLoader } from './models/model-loader';
import { ServedModels } from './models/served-models';
import { MlflowController } from './protocols/mlflow/mlflow.controller';
import { OpenInferenceController } from './protocols/open-inference/open-inference.controller';
import { ScoringService } from './scoring/scoring.service';
import { ShadowTraffic } from './scoring/shadow-traffic';
import { HealthController } from './status/health.controller';
import { InferenceMetrics } from './status/inference-metrics';
import { ModelsController } from './status/models.controller';
import { PredictionTally } from './status/prediction-tally';
import { workersProbe } from './status/workers-probe';

/** The inference app with everything it needs, made from its configuration. */
@Module({})
export class AppModule {
  static register(config: InferenceConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthCoreModule,
        MetricsCoreModule.register(),
        ApiDocsModule.register(INFERENCE_DOCUMENTATION),
      ],
      controllers: [HealthController, ModelsController, OpenInferenceController, MlflowController],
      providers: [
        InferenceMetrics,
        {
          provide: PredictionTally,
          inject: [InferenceMetrics],
          useFactory: (metrics: InferenceMetrics) => new PredictionTally(metrics, systemClock),
        },
        FollowerReport,
        servedModels(config),
        ...healthProviders(),
        predictionEvents(config),
        scoringService(),
      ],
    };
  }
}

function servedModels(config: InferenceConfig): Provider {
  return {
    provide: ServedModels,
    inject: [FollowerReport, PredictionTally, InferenceMetrics],
    useFactory: (
      listener: FollowerReport,
      tally: PredictionTally,
      metrics: InferenceMetrics,
    ): ServedModels => {
      const credentials = credentialsOf(config);
      const client = new MlflowClient({
        baseUrl: config.mlflowUrl,
        userAgent: 'tidegate-inference',
        ...(credentials && { credentials }),
        s3: s3SettingsOf(config),
      });
      const registry = new MlflowModelRegistry(client, config.maxModelBytes);
      const folder = new CacheFolder(config.cacheDir, (path) => listener.onCacheShared(path));
      const lastServed = new LastServed(
        folder,
        config.models.map(({ selector }) => selector),
      );
      const onDamaged = listener.onDamaged.bind(listener);
      const loader = new ModelLoader({
        cache: new ModelCache({ folder, registry, lastServed, onDamaged }),
        engines: ENGINES,
        settings: config,
        listenerFor: (model) => tally.of(model),
        clock: systemClock,
      });
      for (const { selector } of config.models) {
        listener.announce(selector);
        tally.of(selector.name);
      }
      const { pollIntervalMs } = config;
      const { random } = Math;
      const parts = { registry, loader, lastServed, listener, clock: systemClock, random, pollIntervalMs };
      const followers = config.models.map((spec) => new ModelFollower(spec, parts));
      const models = new ServedModels(followers, () => folder.close());
      metrics.countQueueRows = () => models.queueRows();
      return models;
    },
  };
}

function healthProviders(): Provider[] {
  return [
    {
      provide: CachedProbe,
      inject: [ServedModels],
      useFactory: (models: ServedModels) => workersProbe(models, systemClock),
    },
    {
      provide: ProbeMonitor,
      inject: [CachedProbe],
      useFactory: (workers: CachedProbe) => new ProbeMonitor([workers], systemClock),
    },
  ];
}

function credentialsOf(config: InferenceConfig): MlflowCredentials | undefined {
  const { mlflowToken: token, mlflowUsername: username, mlflowPassword: password } = config;
  if (token !== undefined) return { kind: 'bearer', token };
  return username === undefined ? undefined : { kind: 'basic', username, password: password ?? '' };
}

/** Region and endpoint as MLflow's Python client reads them; credentials are the SDK's business. */
function s3SettingsOf(config: InferenceConfig): S3Settings {
  const endpointUrl = config.s3EndpointUrl ?? config.awsEndpointUrl;
  const region = config.awsRegion ?? config.awsDefaultRegion;
  return { ...(endpointUrl !== undefined && { endpointUrl }), ...(region !== undefined && { region }) };
}

function predictionEvents(config: InferenceConfig): Provider {
  return {
    provide: PredictionEvents,
    inject: [InferenceMetrics],
    useFactory: (metrics: InferenceMetrics) =>
      new PredictionEvents(config, metrics, systemClock, Math.random),
  };
}

function scoringService(): Provider {
  return {
    provide: ScoringService,
    inject: [ServedModels, PredictionTally, PredictionEvents, InferenceMetrics],
    useFactory: (
      models: ServedModels,
      tally: PredictionTally,
      events: PredictionEvents,
      metrics: InferenceMetrics,
    ) => {
      const clock = systemClock;
      const shadows = new ShadowTraffic({ models, events, metrics, clock, random: Math.random });
      return new ScoringService({ models, tally, events, shadows, clock });
    },
  };
}
