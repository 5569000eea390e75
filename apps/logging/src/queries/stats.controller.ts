import { Controller, Get, Headers, Inject, Query, UseFilters } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, parseRequest, ProblemError } from '@tidegate/schemas';
import { z } from 'zod';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { StoreKeeper } from '../store/store-keeper';
import { CLOCK } from '../tokens';
import { queryText, timeMs } from './query-values';
import { StatsReader, type Stats } from './stats-reader';

const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };
const MINUTE_MS = 60_000;
const DEFAULT_RANGE_MS = 86_400_000;
const MAX_BUCKETS = 2000;

const statsQuerySchema = z.strictObject({
  model: queryText.optional(),
  version: queryText.optional(),
  from: timeMs.optional(),
  to: timeMs.optional(),
  bucket: z
    .string()
    .regex(/^[1-9]\d{0,3}[mhd]$/, 'expected a number and m, h or d, as 5m, 1h or 1d')
    .default('1h')
    .transform((text) => Number(text.slice(0, -1)) * (SECONDS_BY_UNIT[text.slice(-1)] ?? 60)),
});

@Controller('stats')
@UseFilters(DatabaseUnavailableFilter)
export class StatsController {
  constructor(
    private readonly reader: StatsReader,
    private readonly keeper: StoreKeeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Roll-ups are kept by the minute: the range is widened to whole minutes, as the answer says. */
  @Get()
  async stats(
    @Query() query: unknown,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): Promise<Stats & { from: string; to: string; bucket_seconds: number }> {
    const {
      from,
      to,
      bucket: bucketSeconds,
      model,
      version,
    } = parseRequest(statsQuerySchema, query, 'REQUEST_INVALID');
    const toMs = Math.ceil((to ?? this.clock.nowMs()) / MINUTE_MS) * MINUTE_MS;
    const fromMs = Math.floor((from ?? toMs - DEFAULT_RANGE_MS) / MINUTE_MS) * MINUTE_MS;
    requireSensibleRange(fromMs, toMs, bucketSeconds);
    const models = decodeAllowedModels(allowed);
    this.keeper.requireInitialized();
    const stats = await this.reader.read({ fromMs, toMs, bucketSeconds, model, version, models });
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      bucket_seconds: bucketSeconds,
      ...stats,
    };
  }
}

function requireSensibleRange(fromMs: number, toMs: number, bucketSeconds: number): void {
  if (fromMs >= toMs)
    throw new ProblemError('REQUEST_INVALID', { detail: 'from: expected a time before to' });
  if ((toMs - fromMs) / 1000 / bucketSeconds > MAX_BUCKETS)
    throw new ProblemError('REQUEST_INVALID', {
      detail: `bucket: the range has more than ${MAX_BUCKETS} of them; choose larger buckets or a shorter range`,
    });
}
