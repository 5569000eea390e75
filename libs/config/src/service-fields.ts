import { z } from 'zod';
import { secret, setting } from './field';
import { durationMs, optional, port, withDefault } from './value-schemas';

const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
  error: 'expected one of fatal, error, warn, info, debug, trace',
});

const metricsNamespace = z
  .string()
  .regex(
    /^(?!AWS\/)[A-Za-z0-9._/#:-]{1,255}$/,
    'expected 1 to 255 letters, digits and . _ - / # : (not beginning with AWS/), as Tidegate/tidegate-dev',
  );

/** The settings every service has; only the default port differs. */
export function serviceFields(defaultPort: number) {
  return {
    host: setting('HOST', withDefault(z.string(), '0.0.0.0'), 'Address to listen on.'),
    port: setting('PORT', withDefault(port, defaultPort), 'Port to listen on.'),
    logLevel: setting('LOG_LEVEL', withDefault(logLevel, 'info'), 'Lowest level that is logged.'),
    readinessGraceMs: setting(
      'SHUTDOWN_READINESS_GRACE_MS',
      withDefault(durationMs, 0),
      'After a stop signal: how long to go on serving while /ready already says 503, so that load balancers notice.',
    ),
    drainTimeoutMs: setting(
      'SHUTDOWN_DRAIN_TIMEOUT_MS',
      withDefault(durationMs, 20_000),
      'After a stop signal: how long running requests and buffers may take before the process ends anyway.',
    ),
    metricsEmfNamespace: setting(
      'METRICS_EMF_NAMESPACE',
      optional(metricsNamespace),
      'CloudWatch namespace; when set, the log has a line a minute that CloudWatch turns into metrics.',
    ),
    internalToken: secret(
      'INTERNAL_TOKEN',
      optional(z.string().min(16, 'expected at least 16 characters')),
      'Shared secret between the services; when set, calls without it are refused (probes and metrics excepted).',
    ),
  } as const;
}
