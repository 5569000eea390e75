import { databaseHostOf, settingsOf, type DiagnosisFacts } from './diagnosis-facts';
import type { Observation, Source } from './observation';

/** What was found on targets, alarms, settings, secrets, database and bucket of the service. */
export function observeParts(facts: DiagnosisFacts): Observation[] {
  return [
    ...targets(facts),
    ...alarms(facts),
    ...settings(facts),
    ...secrets(facts),
    ...database(facts),
    ...bucket(facts),
  ];
}

function trouble(source: Source, subject: string, text: string): Observation {
  return { source, subject, text, count: 1, isTrouble: true };
}

function targets({ observation }: DiagnosisFacts): Observation[] {
  return observation.targets.flatMap(({ group, targets: all }) =>
    all.flatMap(({ Target, TargetHealth }) => {
      const { State = 'unknown', Reason, Description } = TargetHealth ?? {};
      if (State === 'healthy' || State === 'initial' || State === 'draining') return [];
      const path = group.HealthCheckPath === undefined ? '' : `, asked for ${group.HealthCheckPath}`;
      const text = [State, Reason, Description].filter(Boolean).join(' ');
      return [trouble('target', `${Target?.Id}:${Target?.Port}`, `${text}${path}`)];
    }),
  );
}

/** Their descriptions say what they mean and where to look. */
function alarms({ alarms: checked }: DiagnosisFacts): Observation[] {
  if ('unchecked' in checked) return [];
  return checked.value.map((alarm) => {
    const { AlarmName, AlarmDescription, StateReason, StateTransitionedTimestamp: at } = alarm;
    const text = [`${AlarmName}:`, AlarmDescription, StateReason].filter(Boolean).join(' ');
    return { ...trouble('alarm', '', text), ...(at !== undefined && { at }) };
  });
}

/** Only the settings that may be wrong in a known way; a password in a URL is not repeated. */
function settings({ observation }: DiagnosisFacts): Observation[] {
  return Object.entries(settingsOf(observation))
    .filter(([name, value]) => /_HOST$|_URL$|_URI$|PREFIX$/.test(name) && value !== '')
    .map(([name, value]) => ({
      ...trouble('setting', '', `${name}=${value.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@')}`),
      isTrouble: false,
    }));
}

function secrets({ secrets: checked }: DiagnosisFacts): Observation[] {
  if ('unchecked' in checked) return [];
  return checked.value
    .filter(({ state }) => state !== 'present')
    .map(({ variable, arn, state }) => trouble('secret', variable, `${arn} is ${state}`));
}

function database({ database: checked, observation }: DiagnosisFacts): Observation[] {
  if (checked === undefined || 'unchecked' in checked) return [];
  const { instance, family, offeredVersions } = checked.value;
  if (instance === undefined) {
    const offered =
      offeredVersions === undefined ? '' : `; RDS offers ${offeredVersions.join(', ') || 'no version'}`;
    const wanted = family === undefined ? '' : `, ${family} is wanted${offered}`;
    return [
      trouble('database', '', `there is no instance at ${databaseHostOf(observation) ?? 'all'}${wanted}`),
    ];
  }
  const { DBInstanceStatus = 'unknown', DBInstanceIdentifier = '' } = instance;
  if (DBInstanceStatus === 'available') return [];
  return [trouble('database', DBInstanceIdentifier, `the instance is ${DBInstanceStatus}`)];
}

function bucket({ bucket: checked, installation }: DiagnosisFacts): Observation[] {
  if (checked === undefined || 'unchecked' in checked) return [];
  const { name, region } = checked.value;
  if (region === undefined) return [trouble('bucket', name, 'there is no such bucket')];
  if (region === installation.region) return [];
  return [trouble('bucket', name, `it is in ${region}, the service in ${installation.region}`)];
}
