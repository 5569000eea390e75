import type { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Query, Res, UseFilters } from '@nestjs/common';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, parseRequest, ProblemError } from '@tidegate/schemas';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { StoreKeeper } from '../store/store-keeper';
import { EXPORT_FORMATS, type ExportFormatName } from './export-format';
import { decodeCursor } from './page-cursor';
import { PredictionExport } from './prediction-export';
import { PredictionReader, type PredictionPage, type StoredPrediction } from './prediction-reader';
import { queryText, timeMs } from './query-values';

const LIMIT_EXPECTED = 'expected a whole number from 1 to 1000';
const DEFAULT_LIMIT = 100;

const pageQuerySchema = z.strictObject({
  model: queryText.optional(),
  version: queryText.optional(),
  from: timeMs.optional(),
  to: timeMs.optional(),
  defect: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .transform((text) => text === 'true')
    .optional(),
  format: z.enum(['json', 'ndjson', 'csv'], { error: 'expected json, ndjson or csv' }).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, LIMIT_EXPECTED)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 1000, LIMIT_EXPECTED)
    .optional(),
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
    private readonly exporter: PredictionExport,
    private readonly keeper: StoreKeeper,
  ) {}

  /**
   * Newest first. As JSON a page, which goes on exactly where the one before ended, also while new predictions arrive; as
   * NDJSON or CSV all of them in a stream.
   */
  @Get()
  async list(
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PredictionPage | Readable> {
    const { limit, cursor, from, to, format, ...asked } = parseRequest(
      pageQuerySchema,
      query,
      'REQUEST_INVALID',
    );
    const filter = { ...asked, models: decodeAllowedModels(allowed), fromMs: from, toMs: to };
    const exportFormat = format ?? acceptedFormat(accept);
    if (exportFormat === 'json') {
      this.keeper.requireInitialized();
      return this.reader.page(filter, limit ?? DEFAULT_LIMIT, cursor);
    }
    if (limit !== undefined || cursor !== undefined)
      throw new ProblemError('REQUEST_INVALID', {
        detail: `${limit === undefined ? 'cursor' : 'limit'}: an export has no pages; narrow it by from and to`,
      });
    this.keeper.requireInitialized();
    const { contentType, fileName } = EXPORT_FORMATS[exportFormat];
    const stream = await this.exporter.open(filter, EXPORT_FORMATS[exportFormat]);
    void reply.headers({
      'content-type': contentType,
      'content-disposition': `attachment; filename="${fileName}"`,
    });
    return stream;
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

const FORMATS_BY_MEDIA_TYPE: ReadonlyMap<string, ExportFormatName> = new Map([
  ['application/x-ndjson', 'ndjson'],
  ['text/csv', 'csv'],
]);

/** The first media type of the header decides; what is unknown, as of a browser, means JSON. */
function acceptedFormat(accept: string | undefined): ExportFormatName | 'json' {
  const mediaType = accept?.split(/[,;]/, 1)[0]?.trim().toLowerCase();
  return FORMATS_BY_MEDIA_TYPE.get(mediaType ?? '') ?? 'json';
}
