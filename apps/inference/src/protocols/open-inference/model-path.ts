import { ProblemError } from '@tidegate/schemas';

/** A model as a path names it: `digits` or exactly `digits@production`, perhaps with the version that must be served. */
export interface ModelReference {
  readonly model: string;
  readonly version?: string;
}

const INFER_PATH = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?\/infer$/;

/** Whether `path` (without the query) is `/v2/models/{model}[/versions/{version}]/infer`. */
export function isInferPath(path: string): boolean {
  return INFER_PATH.test(path);
}

/** The model of an infer path; as it stands where it cannot be decoded. */
export function modelInPath(path: string): string {
  const [, model = ''] = INFER_PATH.exec(path) ?? [];
  try {
    return decodeURIComponent(model);
  } catch {
    return model;
  }
}

/** @throws ProblemError `NOT_FOUND`, `REQUEST_INVALID` */
export function parseInferPath(path: string): ModelReference {
  const [, model, version] = INFER_PATH.exec(path) ?? [];
  if (model === undefined) {
    throw new ProblemError('NOT_FOUND', {
      detail: `expected /v2/models/{model}[/versions/{version}]/infer, got ${path.slice(0, 200)}`,
    });
  }
  return { model: decoded(model), ...(version !== undefined && { version: decoded(version) }) };
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ProblemError('REQUEST_INVALID', {
      detail: `path: expected percent-encoded UTF-8, got ${segment.slice(0, 100)}`,
      cause,
    });
  }
}
