import { Testing, type TerraformStack } from 'cdktf';
import { environmentSchema, type EnvironmentInput } from '../src/environments';
import type { ServiceDefinition } from '../src/services/service-definition';
import { FoundationStack } from '../src/stacks/foundation.stack';
import { ServicesStack } from '../src/stacks/services.stack';
import { StorageStack } from '../src/stacks/storage.stack';

export type Resource = Readonly<Record<string, unknown>>;

/** Terraform's JSON of a stack, by what one asks of it. */
export class SynthesizedStack {
  constructor(readonly json: { readonly [section: string]: Readonly<Record<string, unknown>> | undefined }) {}

  /** Resources of a type by their ids, such as `api_service_service_…`. */
  resources(type: string): Readonly<Record<string, Resource>> {
    return (this.json['resource']?.[type] ?? {}) as Record<string, Resource>;
  }

  /** Resources of a type. */
  all(type: string): Resource[] {
    return Object.values(this.resources(type));
  }

  /** The only resource of a type that has these values. */
  one(type: string, values: Resource = {}): Resource {
    const found = this.all(type).filter((resource) =>
      Object.entries(values).every(([key, value]) => resource[key] === value),
    );
    const [resource] = found;
    if (resource === undefined || found.length > 1)
      throw new Error(`Expected one ${type} with ${JSON.stringify(values)}, found ${found.length}.`);
    return resource;
  }
}

/**
 * The services stack of an environment.
 *
 * @param services the real ones when not given
 */
export function synthesizeServices(
  input: EnvironmentInput,
  services?: readonly ServiceDefinition[],
): SynthesizedStack {
  const app = Testing.app();
  const environment = environmentSchema.parse({ accountId: '123456789012', ...input });
  const storage = new StorageStack(app, environment);
  const foundation = new FoundationStack(app, environment, storage);
  const stack = new ServicesStack(app, environment, { storage, foundation, services });
  return synthesizedOf(stack);
}

export function synthesizedOf(stack: TerraformStack): SynthesizedStack {
  return new SynthesizedStack(JSON.parse(Testing.synth(stack)) as SynthesizedStack['json']);
}
