import { Controller, Get, Headers } from '@nestjs/common';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels } from '@tidegate/schemas';
import type { EventPolicy } from '../events/event-policy';
import { PredictionEvents } from '../events/prediction-events';
import type { ModelFollower } from '../models/model-follower';
import { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';
import type { TensorSpec } from '../tensors/tensor';

/** A longer run holds up all other requests noticeably, health checks among them. */
const SLOW_INLINE_RUN_MS = 1;

/** `GET /models`: what is served, in which version, since when, and what failed. */
@Controller('models')
export class ModelsController {
  constructor(
    private readonly models: ServedModels,
    private readonly events: PredictionEvents,
  ) {}

  /** Callers that are limited to models see only those. */
  @Get()
  list(@Headers(ALLOWED_MODELS_HEADER) header: string | undefined): object {
    const allowed = decodeAllowedModels(header);
    const shown = this.models.followers.filter(({ selector }) => allowed?.has(selector.name) ?? true);
    return {
      models: shown.map((follower) => ({
        ...describeFollower(follower),
        ...(this.events.isOn && { log: describePolicy(this.events.policyOf(follower)) }),
      })),
    };
  }
}

function describePolicy({ sample, inputs, redact }: EventPolicy): object {
  return { sample, inputs, redact: [...redact] };
}

function describeFollower({ spec, selector, state, current, isFromDisk, problem }: ModelFollower): object {
  return {
    model: selector.text,
    name: selector.name,
    alias: selector.alias,
    shadow_share: spec.shadowShare,
    state,
    from_disk: current && isFromDisk,
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

function describeVersion({ target, facts, metadata, layout, executor }: ServedVersion): object {
  const isInline = facts.execution === 'inline';
  return {
    version: target.version,
    source: target.location,
    loaded_at: isoTime(facts.loadedAtMs),
    execution: facts.execution,
    workers: isInline ? undefined : executor.lanes.size,
    load_ms: rounded(facts.loadMs),
    run_ms: rounded(facts.runMs),
    warnings: isInline ? slowness(facts.runMs) : [],
    takes_rows: layout.isStacked,
    merges_requests: facts.mergesRequests,
    inputs: metadata.inputs.map(describeTensor),
    outputs: metadata.outputs.map(describeTensor),
  };
}

function slowness(runMs: number | undefined): string[] {
  if (runMs === undefined || runMs <= SLOW_INLINE_RUN_MS) return [];
  return [
    `one run takes more than ${SLOW_INLINE_RUN_MS} ms and holds up other requests meanwhile: leave out execution=inline`,
  ];
}

function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000;
}

function describeTensor({ name, type, shape }: TensorSpec): object {
  return { name, type, shape: shape.map((length) => length ?? -1) };
}

function isoTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
