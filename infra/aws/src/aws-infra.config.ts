import { readFileSync } from 'node:fs';
import { InfrastructureError } from './infrastructure-error';

export interface InfraSettings {
  /** Which environment is synthesised: `TIDEGATE_ENVIRONMENT`, by default dev. */
  readonly environmentName: string;
  /** Changes to it from the JSON file `TIDEGATE_ENVIRONMENT_FILE`, for what should not be committed. */
  readonly environmentChanges: unknown;
  /** Whether this machine is one of GitHub's, and gone afterwards. */
  readonly isOnRunner: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws InfrastructureError when the file cannot be read */
export function loadInfraSettings(variables: Variables = process.env): InfraSettings {
  const file = variables['TIDEGATE_ENVIRONMENT_FILE'];
  return {
    environmentName: variables['TIDEGATE_ENVIRONMENT'] ?? 'dev',
    environmentChanges: file === undefined ? {} : readJson(file),
    isOnRunner: variables['GITHUB_ACTIONS'] === 'true',
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InfrastructureError(
      `TIDEGATE_ENVIRONMENT_FILE=${file} cannot be used: ${(error as Error).message}. ` +
        'Expected a JSON file with fields of infra/aws/src/environments/environment.schema.ts.',
    );
  }
}
