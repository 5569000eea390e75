import { Controller, Get, Res } from '@nestjs/common';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { DrainState } from '@tidegate/health';
import type { FastifyReply } from 'fastify';
import { Acknowledgement } from '../ingest/acknowledgement';
import { DatabaseHealth } from './database-health';
import { LogCounters } from './log-counters';

/** The name this service has in Kubernetes, in its health answers and in its metrics. */
export const SERVICE_NAME = 'cloud-logging-api';

@Controller()
export class HealthController {
  private readonly startupTime = new Date(Date.now() - process.uptime() * 1000).toISOString();

  constructor(
    private readonly database: DatabaseHealth,
    private readonly drain: DrainState,
    private readonly counters: LogCounters,
    private readonly acknowledgement: Acknowledgement,
  ) {}

  /** 200 as long as the process can answer: a restart would not bring a database back. */
  @Get('health')
  health(): Record<string, unknown> {
    const { predictions, defects, errors, lastPredictionAtMs } = this.counters;
    return {
      status: 'healthy',
      service: SERVICE_NAME,
      version: TIDEGATE_VERSION,
      db_initialized: this.database.isInitialized,
      startup_time: this.startupTime,
      last_prediction_time:
        lastPredictionAtMs === undefined ? null : new Date(lastPredictionAtMs).toISOString(),
      prediction_count: predictions,
      defect_count: defects,
      error_count: errors,
    };
  }

  /** 200 while an event that comes now can be kept: committed in the database, or synced to a durable spool. */
  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): Record<string, unknown> {
    const isDbInitialized = this.database.isInitialized;
    const state = { service: SERVICE_NAME, db_initialized: isDbInitialized };
    if (this.drain.isDraining) return notReady(reply, 'draining', state);
    if (isDbInitialized) return { status: 'ready', ...state };
    if (this.acknowledgement.isSpoolReady) return { status: 'ready', ...state, keeps_events_in: 'spool' };
    return notReady(reply, 'db_not_initialized', state);
  }

  @Get('live')
  live(): Record<string, unknown> {
    return { status: 'alive', service: SERVICE_NAME };
  }
}

function notReady(reply: FastifyReply, reason: string, state: object): Record<string, unknown> {
  reply.status(503);
  return { status: 'not_ready', reason, ...state };
}
