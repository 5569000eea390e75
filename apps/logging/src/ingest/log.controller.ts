import { Body, Controller, Headers, Post, Res, UseFilters } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, type LogAnswer } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { BodyIntake, type BodyLimits } from './body-intake';
import { jsonItems, NDJSON_CONTENT_TYPE, ndjsonItems } from './body-items';
import { IngestService } from './ingest.service';

@Controller('log')
@UseFilters(DatabaseUnavailableFilter)
export class LogController {
  constructor(private readonly ingest: IngestService) {}

  /**
   * 201 when at least one event is in the database now (stored or already there) and the others were rejected, 202 when at
   * least one is in the spool, 400 when all were rejected.
   */
  @Post()
  async log(
    @Body() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LogAnswer> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const models = decodeAllowedModels(allowed);
    const answer = await this.ingest.log(itemsOf(bytes, contentType), models);
    reply.status(statusOf(answer));
    return answer;
  }
}

function statusOf({ rejected, spooled, results }: LogAnswer): number {
  if (spooled > 0) return 202;
  return rejected === results.length ? 400 : 201;
}

/**
 * Bodies reach the controller as they came: an event that is bad JSON or dangerous to parse is rejected alone, not the
 * whole request with it.
 */
export function acceptRawBodies(app: NestFastifyApplication, limits: BodyLimits): void {
  const intake = new BodyIntake<FastifyRequest>(limits);
  const fastify = app.getHttpAdapter().getInstance();
  for (const type of ['application/json', NDJSON_CONTENT_TYPE]) {
    // Only this tells Nest not to add parsers of its own.
    app.useBodyParser(type, {});
    fastify.removeContentTypeParser(type);
    fastify.addContentTypeParser(type, (request, payload, done) => intake.read(request, payload, done));
  }
  fastify.addHook('onResponse', (request, _reply, done) => {
    intake.release(request);
    done();
  });
}

/** The items of a body, by its media type. */
export function itemsOf(body: Buffer, contentType: string | undefined): ReturnType<typeof jsonItems> {
  if (body.length === 0) return [];
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === NDJSON_CONTENT_TYPE ? ndjsonItems(body) : jsonItems(body);
}
