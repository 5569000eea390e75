import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { systemClock } from '@tidegate/clock';
import { DrainState } from '@tidegate/health';
import { measureHttp, MetricLines, type CloudWatchMetric } from '@tidegate/metrics';
import { fastify, type FastifyInstance } from 'fastify';
import type { DynamicModule } from '@nestjs/common';
import type { DestinationStream, Logger } from 'pino';
import { AccessLog } from './access-log';
import { answerClientError } from './client-error';
import { connectionOptions, type ConnectionLimits } from './connection-limits';
import { requireInternalToken } from './internal-token.hook';
import { createLogger, PinoNestLogger } from './logger';
import { ProblemFilter } from './problem.filter';
import { requestIdOf } from './request-id';
import { watchConnections } from './idle-connections';
import { createShutdown, type Shutdown } from './shutdown';
import { standardOutput } from './standard-output';
import { TIDEGATE_VERSION } from './version';

/** The settings every service shares; see `serviceFields` in `@tidegate/config`. */
export interface ServiceSettings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly readinessGraceMs: number;
  readonly drainTimeoutMs: number;
  readonly internalToken?: string;
  readonly metricsEmfNamespace?: string;
}

export interface ServiceDefinition {
  /** As it appears in logs. */
  readonly name: string;
  readonly module: DynamicModule;
  readonly settings: ServiceSettings;
  /** What the metric lines for CloudWatch hold, when `settings` has a namespace for them. @default no lines */
  readonly cloudWatch?: {
    /** Value of the dimension `Service`. */
    readonly service: string;
    readonly metrics: readonly CloudWatchMetric[];
  };
  /** Largest body that routes with a parsed body accept, in bytes. @default 1 MiB */
  readonly maxBodyBytes?: number;
  readonly connections?: ConnectionLimits;
  /** Adds routes or hooks outside Nest, before Nest's own. */
  readonly configure?: (fastify: FastifyInstance, app: NestFastifyApplication) => void | Promise<void>;
  /** Where log lines go. @default standard output */
  readonly logDestination?: DestinationStream;
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  /** Where it listens, as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Stops in order: not ready → finish requests → flush and close. Resolves when all is closed. */
  readonly shutdown: Shutdown;
}

/**
 * Starts a Nest service on Fastify with JSON logs, request ids, problem+json errors and an ordered shutdown.
 * Signals are the caller's business: see `runMain`.
 *
 * @throws whatever start-up throws, such as EADDRINUSE.
 */
export async function startService(definition: ServiceDefinition): Promise<RunningService> {
  const { name, settings } = definition;
  const logDestination = definition.logDestination ?? standardOutput();
  const logger = createLogger(name, settings.logLevel, logDestination);
  const server = createServer(logger, definition);
  const app = await NestFactory.create<NestFastifyApplication>(
    definition.module,
    new FastifyAdapter(server),
    {
      logger: new PinoNestLogger(logger),
      abortOnError: false,
      forceCloseConnections: true,
    },
  );
  app.useGlobalFilters(new ProblemFilter());
  if (settings.internalToken !== undefined) requireInternalToken(server, settings.internalToken);
  measureHttp(server);
  await definition.configure?.(server, app);
  const closeIdleConnections = watchConnections(server.server);
  await app.listen(settings.port, settings.host);
  const url = await app.getUrl();
  logger.info({ url, version: TIDEGATE_VERSION }, `${name} listens`);
  const lines = startMetricLines(definition, logDestination, logger);
  const close = createShutdown(app, app.get(DrainState), closeIdleConnections, logger, settings);
  const shutdown: Shutdown = async (reason) => {
    const isClosed = await close(reason);
    // After everything is flushed: what the stop itself counted is in the last line.
    await lines?.stop();
    return isClosed;
  };
  return { app, logger, url, shutdown };
}

function startMetricLines(
  { cloudWatch, settings: { metricsEmfNamespace: namespace } }: ServiceDefinition,
  destination: DestinationStream,
  logger: Logger,
): MetricLines | undefined {
  if (cloudWatch === undefined || namespace === undefined) return undefined;
  const lines = new MetricLines({
    ...cloudWatch,
    namespace,
    clock: systemClock,
    write: (line) => destination.write(line),
    onError: (error) =>
      logger.warn({ err: error }, 'a metric line could not be made; the next one makes up for it'),
  });
  lines.start();
  return lines;
}

/** The longest id of a prediction has 128 characters, each perhaps written as %xx. Fastify's own limit is 100. */
const MAX_PARAMETER_LENGTH = 512;

function createServer(logger: Logger, definition: ServiceDefinition): FastifyInstance {
  const server = fastify({
    loggerInstance: logger,
    logController: new AccessLog(),
    // One logger for all: the access log names the request itself, and a child for each request costs more than its line.
    childLoggerFactory: (parent) => parent,
    genReqId: (request) => requestIdOf(request.headers),
    bodyLimit: definition.maxBodyBytes ?? 1024 * 1024,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    ...connectionOptions(definition.connections),
    clientErrorHandler: answerClientError,
    // While stopping, a request that still comes over an open connection is served, then the connection closes.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;
  server.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  return server;
}
