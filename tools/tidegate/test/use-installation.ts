import { useAwsSimulator } from '@tidegate/testing';
import { AlteredAws } from './altered-aws';
import { SimulatedInstallation } from './simulated-installation';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

export interface InstallationUnderTest {
  readonly installation: SimulatedInstallation;
  /** What the command asks instead of the simulator; a new one for each test. */
  readonly aws: AlteredAws;
  /** Runs the command in a new folder for each test. */
  tidegate(line: string, variables?: Readonly<Record<string, string>>): Promise<CommandOutcome>;
}

/** To be called in a `describe`: a simulated installation before its tests. The properties work inside hooks and tests. */
export function useInstallation(): InstallationUnderTest {
  const simulator = useAwsSimulator();
  let installation: SimulatedInstallation;
  let aws: AlteredAws;
  let folder: WorkFolder;
  beforeAll(async () => {
    installation = new SimulatedInstallation(simulator);
    await installation.create();
  });
  beforeEach(async () => {
    aws = await AlteredAws.start(simulator.url);
    folder = new WorkFolder();
  });
  afterEach(() => {
    aws.stop();
    folder.remove();
  });
  return {
    get installation() {
      return installation;
    },
    get aws() {
      return aws;
    },
    tidegate: (line, variables = {}) =>
      folder.tidegate(line.split(' '), { ...simulator.environment, AWS_ENDPOINT_URL: aws.url, ...variables }),
  };
}
