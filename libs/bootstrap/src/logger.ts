import type { LoggerService } from '@nestjs/common';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import { withoutCredentials } from './credential-headers';

/** One JSON line an entry. Request headers that can hold a credential are removed. */
export function createLogger(service: string, level: string, destination: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withoutCredentials },
    serializers: { err: (error: Error) => withoutCredentials(stdSerializers.err(error)) },
  };
  return pino(options, destination);
}

/** Nest tells each module and route it sets up: nothing to read in a service's log every time it starts. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Nest's logger on pino. `logger.warn({ alias }, 'text')` of Nest's `Logger` becomes fields and a message;
 * the last argument is Nest's context (the class that logs).
 */
export class PinoNestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const details = context === undefined ? rest : rest.slice(0, -1);
    if (message instanceof Error) this.logger[level]({ context, err: message });
    else if (typeof message === 'object' && message !== null)
      this.logger[level]({ context, ...message }, textOf(details));
    else this.logger[level]({ context, ...(details.length > 0 ? { details } : {}) }, String(message));
  }
}

function textOf(details: unknown[]): string | undefined {
  return typeof details[0] === 'string' ? details[0] : undefined;
}
