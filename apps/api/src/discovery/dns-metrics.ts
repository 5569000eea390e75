import type { AddressBookObserver, LookupEvent, ServiceTarget } from '@tidegate/dns';
import { Counter, Gauge, Histogram } from 'prom-client';

/** Prometheus metrics of name resolution; the label `name` is the host name from the configuration. */
export class DnsMetrics implements AddressBookObserver {
  private readonly lookups = new Counter({
    name: 'dns_lookups_total',
    help: 'Look-ups asked of a source, by result (found or the error code).',
    labelNames: ['name', 'source', 'result'],
  });
  private readonly durations = new Histogram({
    name: 'dns_lookup_duration_seconds',
    help: 'Duration of look-ups.',
    labelNames: ['name', 'source'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 1.5, 3],
  });
  private readonly hits = new Counter({
    name: 'dns_cache_hits_total',
    help: 'Answers given without asking anybody, by state (fresh, stale or fallback).',
    labelNames: ['name', 'state'],
  });
  private readonly lastSuccess = new Gauge({
    name: 'dns_last_success_timestamp_seconds',
    help: 'When the last good answer came, Unix time.',
    labelNames: ['name'],
  });
  private readonly addresses = new Gauge({
    name: 'dns_addresses',
    help: 'Addresses in the last good answer.',
    labelNames: ['name'],
  });
  private readonly changes = new Counter({
    name: 'dns_address_changes_total',
    help: 'How often the set of addresses changed.',
    labelNames: ['name'],
  });
  private readonly fallbackActive = new Gauge({
    name: 'dns_fallback_active',
    help: '1 while MLFLOW_FALLBACK_IP is in use.',
    labelNames: ['name'],
  });
  private readonly fallbackMatches = new Gauge({
    name: 'dns_fallback_matches',
    help: '1 when MLFLOW_FALLBACK_IP is among the addresses of the last answer, 0 when it is out of date.',
    labelNames: ['name'],
  });
  private readonly overrideActive = new Gauge({
    name: 'dns_override_active',
    help: '1 when MLFLOW_TRACKING_URI or MLFLOW_SERVER_URL says where MLflow is, 0 when discovery does.',
    labelNames: ['name'],
  });

  /** The series an alarm looks at are there from the start. */
  constructor({ hostname: name, source }: Pick<ServiceTarget, 'hostname' | 'source'>) {
    this.overrideActive.set({ name }, source === 'discovery' ? 0 : 1);
    this.fallbackActive.set({ name }, 0);
  }

  lookupFinished({ hostname: name, source, result, durationMs }: LookupEvent): void {
    this.lookups.inc({ name, source, result });
    this.durations.observe({ name, source }, durationMs / 1000);
    if (result === 'found') this.lastSuccess.setToCurrentTime({ name });
  }

  cacheHit(name: string, state: 'fresh' | 'stale' | 'fallback'): void {
    this.hits.inc({ name, state });
  }

  addressesChanged(name: string, addresses: readonly unknown[], previous: readonly unknown[]): void {
    this.addresses.set({ name }, addresses.length);
    if (previous.length > 0) this.changes.inc({ name });
  }

  fallbackChanged(name: string, isActive: boolean): void {
    this.fallbackActive.set({ name }, isActive ? 1 : 0);
  }

  fallbackCompared(name: string, matches: boolean): void {
    this.fallbackMatches.set({ name }, matches ? 1 : 0);
  }
}
