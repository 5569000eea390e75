import { Controller, Get, Headers } from '@nestjs/common';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels } from '@tidegate/schemas';
import type { TensorSpec } from '../engine/tensor';
import type { ModelFollower } from '../models/model-follower';
import { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';

/** A longer run holds up all other requests noticeably, health checks among them. */
const SLOW_INLINE_RUN_MS = 1;

/** `GET /models`: what is served, in which version, since when, and what failed. */
@Controller('models')
export class ModelsController {
  constructor(private readonly models: ServedModels) {}

  /** Callers that are limited to models see only those. */
  @Get()
  list(@Headers(ALLOWED_MODELS_HEADER) header: string | undefined): object {
    const allowed = decodeAllowedModels(header);
    const shown = this.models.followers.filter(({ selector }) => allowed?.has(selector.name) ?? true);
    return { models: shown.map((follower) => describeFollower(follower)) };
  }
}

function describeFollower({ selector, state, current, problem }: ModelFollower): object {
  return {
    model: selector.text,
    name: selector.name,
    alias: selector.alias,
    state,
    ...(current && describeVersion(current)),
    failure: problem && {
      code: problem.problem.code,
      cause: problem.problem.message,
      remedy: problem.problem.remedy,
      version: problem.load?.target.version,
      attempts: problem.load?.attempts,
      failed_at: isoTime(problem.load?.failedAtMs),
      retry_at: isoTime(problem.load?.retryAtMs),
    },
  };
}

function describeVersion({ target, facts, engine, layout }: ServedVersion): object {
  const { runMs } = facts;
  const isSlow = runMs !== undefined && runMs > SLOW_INLINE_RUN_MS;
  return {
    version: target.version,
    source: target.location,
    loaded_at: isoTime(facts.loadedAtMs),
    execution: 'inline',
    run_ms: runMs === undefined ? undefined : Math.round(runMs * 1000) / 1000,
    warnings: isSlow
      ? [
          `one run takes more than ${SLOW_INLINE_RUN_MS} ms and holds up other requests meanwhile: use more instances of this app`,
        ]
      : [],
    takes_rows: layout.isStacked,
    inputs: engine.metadata.inputs.map(describeTensor),
    outputs: engine.metadata.outputs.map(describeTensor),
  };
}

function describeTensor({ name, type, shape }: TensorSpec): object {
  return { name, type, shape: shape.map((length) => length ?? -1) };
}

function isoTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
