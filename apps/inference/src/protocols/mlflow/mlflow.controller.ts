import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import type { FastifyReply } from 'fastify';
import { ServedModels } from '../../models/served-models';

/** The routes of MLflow's scoring server beside `/invocations`. */
@Controller()
export class MlflowController {
  constructor(private readonly models: ServedModels) {}

  /** 200 when the default model is loaded, else 404, with nothing but a line break, as MLflow has it. */
  @Get('ping')
  @Header('content-type', 'application/json')
  ping(@Res({ passthrough: true }) reply: FastifyReply): string {
    if (this.models.find()?.current === undefined) void reply.status(HttpStatus.NOT_FOUND);
    return '\n';
  }

  /** Of MLflow, with which the default model was made; of Tidegate while none is loaded. */
  @Get('version')
  @Header('content-type', 'application/json')
  version(): string {
    return this.models.find()?.current?.mlmodel.mlflowVersion ?? TIDEGATE_VERSION;
  }
}
