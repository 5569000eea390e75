export { startAwsSimulator } from './aws-simulator';
export type { AwsSimulator, AwsSimulatorOptions } from './aws-simulator';
export { FakeClock } from './fake-clock';
export {
  FaultyDnsServer,
  type DnsBehaviour,
  type DnsQueryType,
  type ReceivedDnsQuery,
} from './faulty-dns-server';
export { makeLocalhostCertificate, type LocalhostCertificate } from './localhost-certificate';
export { startOwnMlflow } from './own-mlflow';
export type { OwnMlflow, OwnMlflowOptions, TestMlflow } from './own-mlflow';
export { startOwnPostgres } from './own-postgres';
export type { OwnPostgres } from './own-postgres';
export { runPython, trackingEnvironment, trainSampleModel } from './python';
export type { RegisteredModel, TrackingTarget } from './python';
export { joinTestStack, sharedTestStack } from './test-stack.config';
export type { TestStack } from './test-stack.config';
export { useAwsSimulator } from './use-aws-simulator';
export { useTestMlflow } from './use-mlflow';
export { useTestPostgres } from './use-postgres';
export type { TestPostgres } from './use-postgres';
export { workspaceRoot } from './workspace';
