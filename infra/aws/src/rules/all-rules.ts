import { databaseRules } from './database.rules';
import { edgeRules } from './edge.rules';
import { identityRules } from './identity.rules';
import { networkRules } from './network.rules';
import type { Rule } from './rule';
import { storageRules } from './storage.rules';
import { taskRules } from './task.rules';

/** Every security rule, by subject. */
export const RULES: readonly Rule[] = [
  ...storageRules,
  ...databaseRules,
  ...networkRules,
  ...edgeRules,
  ...taskRules,
  ...identityRules,
];
