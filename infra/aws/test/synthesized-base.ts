import { Testing } from 'cdktf';
import { loadEnvironment } from '../src/environments';
import { FoundationStack } from '../src/stacks/foundation.stack';
import { StorageStack } from '../src/stacks/storage.stack';
import { ownersChanges } from './synthesized-environment';
import { synthesizedOf, type SynthesizedStack } from './synthesized-stack';

/** The two stacks under the services. */
export interface SynthesizedBase {
  readonly storage: SynthesizedStack;
  readonly foundation: SynthesizedStack;
}

/** @param changes merged over the environment's data, which has an account and, outside dev, a state bucket here */
export function synthesizeBase(environmentName: string, changes: object = {}): SynthesizedBase {
  const app = Testing.app();
  const environment = loadEnvironment(environmentName, {
    ...ownersChanges(environmentName),
    ...changes,
  });
  const storage = new StorageStack(app, environment);
  const foundation = new FoundationStack(app, environment, storage);
  return { storage: synthesizedOf(storage), foundation: synthesizedOf(foundation) };
}
