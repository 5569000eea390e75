import { Body, Controller, Headers, Post, Res, UseFilters } from '@nestjs/common';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, type FeedbackAnswer } from '@tidegate/schemas';
import type { FastifyReply } from 'fastify';
import { itemsOf } from '../ingest/log.controller';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { FeedbackService } from './feedback.service';

@Controller('feedback')
@UseFilters(DatabaseUnavailableFilter)
export class FeedbackController {
  constructor(private readonly service: FeedbackService) {}

  /** 201 when at least one item is in the database now, 400 when all were rejected. */
  @Post()
  async keep(
    @Body() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeedbackAnswer> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const answer = await this.service.keep(itemsOf(bytes, contentType), decodeAllowedModels(allowed));
    reply.status(answer.rejected === answer.results.length ? 400 : 201);
    return answer;
  }
}
