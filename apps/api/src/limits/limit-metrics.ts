import { Counter, Gauge } from 'prom-client';

/** Prometheus metrics of the limits. No label names a key or an address: there is no end of those. */
export class LimitMetrics {
  private readonly limited = new Counter({
    name: 'gateway_rate_limited_total',
    help: 'Requests refused because their key had sent too many, by rate class.',
    labelNames: ['class'],
  });
  private readonly authFailuresLimited = new Counter({
    name: 'gateway_auth_failures_limited_total',
    help: 'Requests without a valid key from addresses that had sent too many of them.',
  });

  /** @param isFallbackActive asked whenever the metrics are read */
  constructor(isFallbackActive: () => boolean) {
    new Gauge({
      name: 'rate_limiter_fallback_active',
      help: '1 while Redis is configured but each process counts alone.',
      collect() {
        this.set(isFallbackActive() ? 1 : 0);
      },
    });
  }

  rateLimited(rateClass: string): void {
    this.limited.inc({ class: rateClass });
  }

  authFailureLimited(): void {
    this.authFailuresLimited.inc();
  }
}
