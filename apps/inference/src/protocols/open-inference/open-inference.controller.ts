import {
  All,
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { DrainState } from '@tidegate/health';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, ProblemError } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelFollower } from '../../models/model-follower';
import { areLoaded, ServedModels } from '../../models/served-models';
import type { ServedVersion } from '../../models/served-version';
import { unexpected } from '../../tensors/body-problem';
import { describeModel, type IndexEntry, indexEntries } from './describe-model';
import { OpenInferenceFilter } from './open-inference.filter';
import { requireVersion } from './require-version';

/**
 * All of the Open Inference Protocol but the inference itself, see `OpenInferenceProtocol`. Callers that are limited to
 * models see only those.
 */
@Controller('v2')
@UseFilters(OpenInferenceFilter)
export class OpenInferenceController {
  constructor(
    private readonly models: ServedModels,
    private readonly drain: DrainState,
  ) {}

  @Get()
  server(): object {
    return {
      name: 'tidegate',
      version: TIDEGATE_VERSION,
      extensions: ['binary_tensor_data', 'model_repository'],
    };
  }

  @Get('health/live')
  live(): object {
    return { live: true };
  }

  @Get('health/ready')
  ready(
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): object {
    const isReady = !this.drain.isDraining && areLoaded(this.followersFor(allowed));
    if (!isReady) void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { ready: isReady };
  }

  @Get(['models/:model', 'models/:model/versions/:version'])
  metadata(
    @Param('model') model: string,
    @Param('version') version: string | undefined,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): object {
    return describeModel(this.servedVersion(model, version, allowed));
  }

  /** The status says it; a client asks no more. */
  @Get(['models/:model/ready', 'models/:model/versions/:version/ready'])
  modelReady(
    @Param('model') model: string,
    @Param('version') version: string | undefined,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): object {
    const { target } = this.servedVersion(model, version, allowed);
    return { name: target.name, ready: true };
  }

  @Post('repository/index')
  @HttpCode(HttpStatus.OK)
  index(
    @Body() body: unknown,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): readonly IndexEntry[] {
    const ready = (body as { ready?: unknown } | null | undefined)?.ready;
    if (ready !== undefined && typeof ready !== 'boolean') throw unexpected('ready', 'true or false', ready);
    const entries = this.followersFor(allowed).flatMap((follower) => indexEntries(follower));
    return ready === true ? entries.filter(({ state }) => state === 'READY') : entries;
  }

  @Post(['repository/models/:model/load', 'repository/models/:model/unload'])
  change(): never {
    throw new ProblemError('MODEL_CHANGE_REFUSED');
  }

  @All('*')
  unknown(@Req() { method, url }: FastifyRequest): never {
    const path = url.split('?', 1)[0]?.slice(0, 200);
    throw new ProblemError('NOT_FOUND', {
      detail: `${method} ${path} is not served; GET /v2 lists the extensions of the protocol that are`,
    });
  }

  private followersFor(allowed: string | undefined): readonly ModelFollower[] {
    const names = decodeAllowedModels(allowed);
    const { followers } = this.models;
    return names === undefined ? followers : followers.filter(({ selector }) => names.has(selector.name));
  }

  /** @throws ProblemError `MODEL_NOT_FOUND`, `MODEL_NOT_LOADED` */
  private servedVersion(
    model: string,
    version: string | undefined,
    allowed: string | undefined,
  ): ServedVersion {
    const followers = this.followersFor(allowed);
    const follower = this.models.find(model, version);
    if (follower === undefined || !followers.includes(follower)) {
      const served = followers.map(({ selector }) => selector.text).join(', ');
      throw new ProblemError('MODEL_NOT_FOUND', {
        detail: `model ${JSON.stringify(model.slice(0, 100))} is not served here; served are ${served}`,
      });
    }
    const { current, problem, selector } = follower;
    if (current === undefined) {
      throw new ProblemError('MODEL_NOT_LOADED', {
        detail: `${selector.text} is not loaded yet: ${problem === undefined ? 'it is being loaded' : problem.problem.code}`,
        headers: { 'retry-after': '5' },
      });
    }
    if (version !== undefined) requireVersion(version, current);
    return current;
  }
}
