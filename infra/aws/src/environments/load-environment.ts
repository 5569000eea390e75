import { z } from 'zod';
import { InfrastructureError } from '../infrastructure-error';
import { dev } from './dev';
import { environmentSchema, type Environment, type EnvironmentInput } from './environment.schema';
import { production } from './production';
import { staging } from './staging';

const ENVIRONMENTS: Readonly<Record<string, EnvironmentInput>> = { dev, staging, production };

/** In the order in which a change travels. */
export const ENVIRONMENT_NAMES: readonly string[] = Object.keys(ENVIRONMENTS);

/**
 * The environment of this name, complete and checked.
 *
 * @param changes merged over the environment's own data, objects field by field; what is private to an account
 * @throws InfrastructureError naming every wrong field at once, or the known names
 */
export function loadEnvironment(name: string, changes: unknown = {}): Environment {
  const data = ENVIRONMENTS[name];
  if (data === undefined) {
    throw new InfrastructureError(
      `There is no environment "${name}". Known ones: ${ENVIRONMENT_NAMES.join(', ')}. ` +
        'Set TIDEGATE_ENVIRONMENT to one of them, or add a file to infra/aws/src/environments.',
    );
  }
  const result = environmentSchema.safeParse(merged(data, changes));
  if (result.success) return result.data;
  throw new InfrastructureError(`Environment ${name} is not valid:\n${problemsOf(result.error)}`);
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `  ${path.join('.') || '(all)'}: ${message}`).join('\n');
}

function merged(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes)) return changes ?? base;
  // Another kind of thing has other fields: nothing of the one before stays.
  if ('kind' in changes && changes['kind'] !== base['kind']) return changes;
  const keys = new Set([...Object.keys(base), ...Object.keys(changes)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(base[key], changes[key])]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
