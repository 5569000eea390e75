import { Controller, Get, HttpStatus, Req, Res } from '@nestjs/common';
import { AddressBook } from '@tidegate/dns';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access';
import { requireScopes } from '../keys/authenticator';
import {
  connectivityBody,
  dnsBody,
  mlflowHealthBody,
  type ConnectivityBody,
  type MlflowHealthBody,
} from './mlflow-health.bodies';
import { MlflowHealth } from './mlflow-health';

/** Whether MLflow can be used, for people and monitors; one shared round of requests a second at most. */
@Controller('api/health/mlflow')
export class MlflowHealthController {
  constructor(
    private readonly health: MlflowHealth,
    private readonly addressBook: AddressBook,
    private readonly access: Access,
  ) {}

  @Get()
  async overview(@Res({ passthrough: true }) reply: FastifyReply): Promise<MlflowHealthBody> {
    const report = await this.health.checks.read();
    setStatus(reply, report.status === 'healthy');
    return mlflowHealthBody(this.health.server, report);
  }

  @Get('connectivity')
  async connectivity(@Res({ passthrough: true }) reply: FastifyReply): Promise<ConnectivityBody> {
    const body = connectivityBody(this.health.server, await this.health.checks.read());
    setStatus(reply, body.status === 'connected');
    return body;
  }

  @Get('detailed')
  async detailed(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    requireScopes(await this.access.admit(request, reply), ['ops:read']);
    const report = await this.health.families.read();
    setStatus(reply, report.status === 'healthy');
    return {
      mlflow_server: this.health.server,
      status: report.status,
      endpoints: report.data ?? {},
      ...(report.failure && { failure: report.failure }),
      dns: dnsBody(this.addressBook.state(this.health.hostname)),
      checked_at: new Date(report.checkedAtMs).toISOString(),
      response_time_ms: report.responseTimeMs,
    };
  }
}

function setStatus(reply: FastifyReply, isGood: boolean): void {
  void reply.code(isGood ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
}
