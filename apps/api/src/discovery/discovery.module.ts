import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '@tidegate/clock';
import { AddressBook, NameServer } from '@tidegate/dns';
import { INTERNAL_TOKEN_HEADER } from '@tidegate/schemas';
import type { ApiConfig } from '../api.config';
import { DnsLog } from './dns-log';
import { DnsMetrics } from './dns-metrics';
import { Upstream, type UpstreamOptions } from './upstream';
import { measureUpstreams } from './upstream-metrics';

/** The three services behind the api. */
export class Upstreams {
  constructor(
    readonly mlflow: Upstream,
    readonly inference: Upstream,
    readonly logging: Upstream,
  ) {}
}

/** Names, addresses and connections of the services behind the api. */
@Global()
@Module({})
export class DiscoveryModule implements OnApplicationShutdown {
  constructor(@Inject(Upstreams) private readonly upstreams: Upstreams) {}

  static register(config: ApiConfig): DynamicModule {
    const book = createAddressBook(config);
    return {
      module: DiscoveryModule,
      providers: [
        { provide: AddressBook, useValue: book },
        { provide: Upstreams, useValue: createUpstreams(config, book) },
      ],
      exports: [AddressBook, Upstreams],
    };
  }

  /** Requests are finished by then: what is left are idle connections. */
  async onApplicationShutdown(): Promise<void> {
    const { mlflow, inference, logging } = this.upstreams;
    await Promise.all([mlflow, inference, logging].map((upstream) => upstream.destroy()));
  }
}

function createAddressBook(config: ApiConfig): AddressBook {
  const { mlflow, mlflowFallback, dnsServers } = config;
  const servers = dnsServers.length > 0 ? { servers: dnsServers } : {};
  return new AddressBook({
    nameServer: new NameServer({ clock: systemClock, ...servers }),
    ...(mlflowFallback && { fallbacks: new Map([[mlflow.hostname, mlflowFallback]]) }),
    observers: [new DnsMetrics(mlflow), new DnsLog()],
  });
}

function createUpstreams(config: ApiConfig, book: AddressBook): Upstreams {
  const internal: Record<string, string> =
    config.internalToken === undefined ? {} : { [INTERNAL_TOKEN_HEADER]: config.internalToken };
  const create = (options: UpstreamOptions): Upstream =>
    new Upstream(options, book, systemClock, Math.random);
  const mlflow = create({
    name: 'MLflow',
    baseUrl: config.mlflow.displayUrl,
    headers: mlflowCredential(config),
  });
  const inference = create({ name: 'inference', baseUrl: config.inferenceUrl, headers: internal });
  const logging = create({ name: 'logging', baseUrl: config.loggingUrl, headers: internal });
  measureUpstreams([mlflow, inference, logging]);
  return new Upstreams(mlflow, inference, logging);
}

function mlflowCredential({ mlflowUsername, mlflowPassword }: ApiConfig): Record<string, string> {
  if (mlflowUsername === undefined || mlflowPassword === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${mlflowUsername}:${mlflowPassword}`).toString('base64')}` };
}
