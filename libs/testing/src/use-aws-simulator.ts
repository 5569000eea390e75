import { startAwsSimulator, type AwsSimulator } from './aws-simulator';

const START_TIMEOUT_MS = 240_000;

/**
 * To be called in a `describe` or at the top of a test file: an AWS account before its tests, gone afterwards. The
 * properties work inside hooks and tests.
 */
export function useAwsSimulator(): Omit<AwsSimulator, 'stop'> {
  let running: AwsSimulator | undefined;
  const aws = (): AwsSimulator => {
    if (running === undefined)
      throw new Error('useAwsSimulator(): the simulator runs inside hooks and tests only; use it there.');
    return running;
  };
  beforeAll(async () => {
    running = await startAwsSimulator();
  }, START_TIMEOUT_MS);
  afterAll(() => running?.stop());
  return {
    get url() {
      return aws().url;
    },
    get region() {
      return aws().region;
    },
    get accountId() {
      return aws().accountId;
    },
    get sdk() {
      return aws().sdk;
    },
    get environment() {
      return aws().environment;
    },
    get logFile() {
      return aws().logFile;
    },
  };
}
