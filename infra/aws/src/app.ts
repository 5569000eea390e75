import type { App } from 'cdktf';
import type { Environment } from './environments';
import { FoundationStack } from './stacks/foundation.stack';
import { ServicesStack } from './stacks/services.stack';
import { StorageStack } from './stacks/storage.stack';

/** The three stacks of an environment; what is named later may use what is named earlier, never the other way. */
export function addStacks(app: App, environment: Environment): void {
  const storage = new StorageStack(app, environment);
  const foundation = new FoundationStack(app, environment, storage);
  new ServicesStack(app, environment, { storage, foundation });
}
