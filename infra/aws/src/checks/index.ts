export { readAppFacts, type AppFact, type AppFacts } from './app-facts';
export { environmentProblems } from './check-environment';
export { engineVersionProblems, hostProblems } from './database.check';
export { placeholderProblems } from './edge.check';
export { imageProblems, registryProblems } from './images.check';
export { requireNoProblems, type Problem } from './problem';
export { quotaProblems, type Quota, type QuotaFacts } from './quota.check';
export { runnerProblems } from './runner.check';
export { bucketProblems, type BucketFacts } from './storage.check';
