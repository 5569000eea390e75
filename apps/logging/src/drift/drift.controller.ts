import { Controller, Get, Headers, Inject, Query, UseFilters } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, parseRequest, ProblemError } from '@tidegate/schemas';
import { z } from 'zod';
import { queryText, timeMs } from '../queries/query-values';
import { DatabaseUnavailableFilter } from '../store/database-unavailable.filter';
import { StoreKeeper } from '../store/store-keeper';
import { CLOCK } from '../tokens';
import { DriftService, type Drift } from './drift.service';

const HOUR_MS = 3_600_000;
const DEFAULT_RANGE_MS = 24 * HOUR_MS;
const LONGEST_RANGE_MS = 366 * DEFAULT_RANGE_MS;

const driftQuerySchema = z.strictObject({
  model: queryText,
  version: queryText.optional(),
  from: timeMs.optional(),
  to: timeMs.optional(),
  reference_from: timeMs.optional(),
  reference_to: timeMs.optional(),
  reference_version: queryText.optional(),
});

@Controller('drift')
@UseFilters(DatabaseUnavailableFilter)
export class DriftController {
  constructor(
    private readonly service: DriftService,
    private readonly keeper: StoreKeeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Features are counted by the hour: ranges are widened to whole hours, as the answer says. */
  @Get()
  async drift(
    @Query() query: unknown,
    @Headers(ALLOWED_MODELS_HEADER) allowed: string | undefined,
  ): Promise<Drift> {
    const asked = parseRequest(driftQuerySchema, query, 'REQUEST_INVALID');
    const models = decodeAllowedModels(allowed);
    if (models && !models.has(asked.model))
      throw new ProblemError('MODEL_NOT_ALLOWED', { detail: 'model: the API key is not made for this one' });
    const toMs = asked.to ?? this.clock.nowMs();
    const window = wholeHours('from', asked.from ?? toMs - DEFAULT_RANGE_MS, toMs);
    const reference = referenceOf(asked.reference_from, asked.reference_to);
    this.keeper.requireInitialized();
    const { model, version, reference_version: referenceVersion } = asked;
    return this.service.drift({ model, version, referenceVersion, ...window, reference });
  }
}

function referenceOf(
  fromMs: number | undefined,
  toMs: number | undefined,
): { fromMs: number; toMs: number } | undefined {
  if (fromMs === undefined && toMs === undefined) return undefined;
  if (fromMs === undefined || toMs === undefined)
    throw new ProblemError('REQUEST_INVALID', {
      detail:
        'reference_from: expected together with reference_to; without both the baseline is the reference',
    });
  return wholeHours('reference_from', fromMs, toMs);
}

function wholeHours(name: string, fromMs: number, toMs: number): { fromMs: number; toMs: number } {
  if (fromMs >= toMs)
    throw new ProblemError('REQUEST_INVALID', { detail: `${name}: expected a time before its end` });
  if (toMs - fromMs > LONGEST_RANGE_MS)
    throw new ProblemError('REQUEST_INVALID', { detail: `${name}: expected a range of at most 366 days` });
  return { fromMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS, toMs: Math.ceil(toMs / HOUR_MS) * HOUR_MS };
}
