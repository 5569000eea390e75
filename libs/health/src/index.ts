export { CachedProbe, type CachedProbeOptions } from './cached-probe';
export { DependencyHealth, type DependencyHealthReport, type DependencyStatus } from './dependency-health';
export { DrainState } from './drain-state';
export { HealthCoreModule } from './health-core.module';
export type { Probe, ProbeFailure, ProbeReport, ProbeResult } from './probe';
export { ProbeMonitor, type ProbeListener } from './probe-monitor';
