import { Counter, Gauge } from 'prom-client';
import type { Upstream } from './upstream';

/** Prometheus metrics of what is forwarded, read from the upstreams when somebody asks. */
export function measureUpstreams(upstreams: readonly Upstream[]): void {
  new Counter({
    name: 'gateway_upstream_requests_total',
    help: 'Forwarded requests, by how they ended: answered, cut, cancelled by the caller, or the code of the problem.',
    labelNames: ['upstream', 'outcome'],
    collect() {
      this.reset();
      for (const { name: upstream, traffic } of upstreams)
        for (const [outcome, count] of traffic.outcomes) this.inc({ upstream, outcome }, count);
    },
  });
  new Counter({
    name: 'gateway_upstream_retries_total',
    help: 'Requests that were sent again, to another address or over another connection.',
    labelNames: ['upstream'],
    collect() {
      this.reset();
      for (const { name: upstream, traffic } of upstreams) this.inc({ upstream }, traffic.retries);
    },
  });
  new Gauge({
    name: 'gateway_breaker_open',
    help: '1 while every address of the upstream refuses connections and requests are answered 503 at once.',
    labelNames: ['upstream'],
    collect() {
      for (const { name: upstream, isBroken } of upstreams) this.set({ upstream }, isBroken ? 1 : 0);
    },
  });
}
