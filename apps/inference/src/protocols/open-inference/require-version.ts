import { ProblemError } from '@tidegate/schemas';
import type { ServedVersion } from '../../models/served-version';

/** @throws ProblemError `MODEL_NOT_FOUND` when another version is served than was asked for. */
export function requireVersion(wanted: string, { target }: Pick<ServedVersion, 'target'>): void {
  if (wanted === target.version) return;
  throw new ProblemError('MODEL_NOT_FOUND', {
    detail: `version ${JSON.stringify(wanted.slice(0, 40))} of ${target.name} is not served here; served is version ${target.version}`,
  });
}
