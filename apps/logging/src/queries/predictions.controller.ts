import { Controller, Get, Headers, Param, Query, UseFilters } from '@nestjs/common';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, parseRequest, ProblemError } from '@tidegate/schemas';
import { z } from 'zod';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { StoreKeeper } from '../store/store-keeper';
import { decodeCursor } from './page-cursor';
import { queryText, timeMs } from './query-values';
import { PredictionReader, type PredictionPage, type StoredPrediction } from './prediction-reader';

const LIMIT_EXPECTED = 'expected a whole number from 1 to 1000';

const pageQuerySchema = z.strictObject({
  model: queryText.optional(),
  version: queryText.optional(),
  from: timeMs.optional(),
  to: timeMs.optional(),
  defect: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .transform((text) => text === 'true')
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, LIMIT_EXPECTED)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 1000, LIMIT_EXPECTED)
    .default(100),
  cursor: z
    .string()
    .transform((text, context) => {
      const cursor = decodeCursor(text);
      if (!cursor) context.addIssue('expected the next_cursor of an earlier page');
      return cursor;
    })
    .optional(),
});

@Controller('predictions')
@UseFilters(DatabaseUnavailableFilter)
export class PredictionsController {
  constructor(
    private readonly reader: PredictionReader,
    private readonly keeper: StoreKeeper,
  ) {}

  /** Newest first. A page goes on exactly where the one before ended, also while new predictions arrive. */
  @Get()
  async page(
    @Query() query: unknown,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): Promise<PredictionPage> {
    const { limit, cursor, from, to, ...filter } = parseRequest(pageQuerySchema, query, 'REQUEST_INVALID');
    const models = decodeAllowedModels(allowed);
    this.keeper.requireInitialized();
    return this.reader.page({ ...filter, models, fromMs: from, toMs: to }, limit, cursor);
  }

  /** When the same id came on several days: the newest. */
  @Get(':id')
  async one(
    @Param('id') id: string,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): Promise<StoredPrediction> {
    const models = decodeAllowedModels(allowed);
    this.keeper.requireInitialized();
    // No stored id holds U+0000, and PostgreSQL does not take it as a parameter either.
    const prediction = id.includes('\0') ? undefined : await this.reader.find(id, models);
    if (prediction) return prediction;
    throw new ProblemError('PREDICTION_NOT_FOUND', { detail: 'No prediction with this id is stored.' });
  }
}
