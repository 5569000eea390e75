import { Controller, Delete, Headers, HttpCode, Query, Req, UseFilters } from '@nestjs/common';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, parseRequest } from '@tidegate/schemas';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { queryText } from '../queries/query-values';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { StoreKeeper } from '../store/store-keeper';
import { SubjectDeletion } from './subject-deletion';

const deletionQuerySchema = z.strictObject({
  subject: queryText.max(128, 'expected at most 128 characters'),
});

@Controller('predictions')
@UseFilters(DatabaseUnavailableFilter)
export class SubjectsController {
  constructor(
    private readonly deletion: SubjectDeletion,
    private readonly keeper: StoreKeeper,
  ) {}

  /** Deletes the predictions about a subject and their feedback. Roll-ups stay. */
  @Delete()
  @HttpCode(200)
  async delete(
    @Query() query: unknown,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<{ deleted: number }> {
    const { subject } = parseRequest(deletionQuerySchema, query, 'REQUEST_INVALID');
    const models = decodeAllowedModels(allowed);
    this.keeper.requireInitialized();
    return { deleted: await this.deletion.delete(subject, models, request.id) };
  }
}
