import { serviceStatus, type ServiceState } from '../status/service-status';
import { KNOWN_CAUSES } from './causes';
import type { Cause } from './causes/cause';
import type { Checked, DiagnosisFacts } from './diagnosis-facts';
import { withoutRepeats, type Observation } from './observation';
import { isErrorLine, observeLogs } from './observe-logs';
import { observeNetwork } from './observe-network';
import { observeParts } from './observe-parts';
import { observeTasks } from './observe-tasks';

export interface RecognisedCause {
  readonly id: string;
  readonly title: string;
  readonly remedy: readonly string[];
  readonly evidence: readonly Observation[];
}

/** What `tidegate diagnose --json` prints. */
export interface Diagnosis {
  readonly state: ServiceState;
  readonly problems: readonly string[];
  /** Likely causes, the first one first. */
  readonly causes: readonly RecognisedCause[];
  /** What follows from the causes. */
  readonly consequences: readonly RecognisedCause[];
  /** Trouble that no known cause explains. */
  readonly unexplained: readonly Observation[];
  /** What could not be looked at, and why. */
  readonly unchecked: readonly string[];
}

/** So many errors in the log are no accident. */
const REPEATED_ERRORS = 5;

/** Whether there is anything to mend. */
export function isFinding({ state, causes, unexplained }: Diagnosis): boolean {
  return (
    state === 'unhealthy' ||
    causes.length > 0 ||
    unexplained.some(({ source }) => source !== 'log') ||
    errorsIn(unexplained) >= REPEATED_ERRORS
  );
}

function errorsIn(observations: readonly Observation[]): number {
  return observations
    .filter(({ source, text }) => source === 'log' && isErrorLine(text))
    .reduce((total, { count }) => total + count, 0);
}

/** Compares what was found out with the table of causes; a function of the facts alone. */
export function diagnose(facts: DiagnosisFacts, table: readonly Cause[] = KNOWN_CAUSES): Diagnosis {
  const { state, problems } = serviceStatus(facts.observation);
  const observations = withoutRepeats([
    ...observeParts(facts),
    ...observeNetwork(facts),
    ...observeTasks(facts),
    ...observeLogs(facts),
  ]);
  const recognised = table
    .map((cause) => ({ cause, evidence: observations.filter((observation) => isSignOf(cause, observation)) }))
    .filter(({ evidence }) => evidence.length > 0);
  const exact = recognised.filter(({ cause }) => cause.isSymptom !== true);
  // Without an exact cause the symptoms are all there is to say.
  const causes = exact.length > 0 ? exact : recognised;
  const explained = new Set(recognised.flatMap(({ evidence }) => evidence));
  const filled = ({ cause, evidence }: (typeof recognised)[number]) => fillIn(cause, evidence, facts);
  return {
    state,
    problems,
    causes: causes.map(filled),
    consequences: recognised.filter((found) => !causes.includes(found)).map(filled),
    unexplained: observations.filter((seen) => seen.isTrouble && !explained.has(seen)),
    unchecked: uncheckedOf(facts),
  };
}

function isSignOf({ signs }: Cause, { source, text }: Observation): boolean {
  return signs.some(({ sources, pattern }) => sources.includes(source) && pattern.test(text));
}

function fillIn(
  { id, title, remedy }: Cause,
  evidence: readonly Observation[],
  { installation, observation }: DiagnosisFacts,
): RecognisedCause {
  const values: Readonly<Record<string, string>> = {
    env: installation.environment,
    service: observation.service.serviceName ?? '',
    prefix: installation.prefix,
    region: installation.region,
  };
  const filled = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return { id, title: filled(title), remedy: remedy.map(filled), evidence };
}

function uncheckedOf({ logs, alarms, secrets, network, database, bucket }: DiagnosisFacts): string[] {
  const checks: Readonly<Record<string, Checked<unknown> | undefined>> = {
    logs,
    alarms,
    secrets,
    network,
    database,
    bucket,
  };
  return Object.entries(checks).flatMap(([name, check]) =>
    check !== undefined && 'unchecked' in check ? [`${name}: ${check.unchecked}`] : [],
  );
}
