import { Controller, Get, HttpStatus, Query, Req, Res } from '@nestjs/common';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import {
  DependencyHealth,
  DrainState,
  type DependencyHealthReport,
  type ProbeReport,
} from '@tidegate/health';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access';
import { KeyStoreStartup } from '../keys/key-store-startup';

type Readiness = { readonly status: 'ready' } | { readonly status: 'not_ready'; readonly reason: string };

/** Health for load balancers and orchestrators: from memory only, so that it answers in milliseconds under load. */
@Controller()
export class HealthController {
  constructor(
    private readonly dependencies: DependencyHealth,
    private readonly drain: DrainState,
    private readonly keyStore: KeyStoreStartup,
    private readonly access: Access,
  ) {}

  /** A lost dependency is `degraded` with 200: replacing this process would not bring it back. */
  @Get('health')
  async health(
    @Query('detailed') detailed: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    const report = await this.dependencies.report();
    if (this.drain.isDraining) void reply.code(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status: this.drain.isDraining ? 'draining' : report.status,
      version: TIDEGATE_VERSION,
      services: report.services,
      timestamp: new Date().toISOString(),
      ...(detailed === 'true' && { details: detailsOf(report, await this.maySeeCauses(request, reply)) }),
    };
  }

  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): Readiness {
    const reason = this.drain.isDraining
      ? 'draining'
      : this.keyStore.isInitialized
        ? undefined
        : 'key_store_not_initialized';
    if (reason === undefined) return { status: 'ready' };
    void reply.code(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not_ready', reason };
  }

  @Get('live')
  live(): { status: 'alive' } {
    return { status: 'alive' };
  }

  /** Causes can name addresses. Without a key, or when it cannot be checked, the answer just has none. */
  private async maySeeCauses(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    try {
      return (await this.access.admit(request, reply)).scopes.has('ops:read');
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }
}

function detailsOf({ details }: DependencyHealthReport, withCauses: boolean): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, report]) => [name, detailOf(report, withCauses)]),
  );
}

function detailOf(
  { status, responseTimeMs, checkedAtMs, lastSuccessAtMs, failure }: ProbeReport<unknown>,
  withCauses: boolean,
) {
  return {
    status,
    response_time_ms: responseTimeMs,
    checked_at: new Date(checkedAtMs).toISOString(),
    last_success: lastSuccessAtMs === undefined ? null : new Date(lastSuccessAtMs).toISOString(),
    ...(failure && { error_code: failure.code, ...(withCauses && { cause: failure.cause }) }),
  };
}
