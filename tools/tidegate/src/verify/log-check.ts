import type { Service } from '@aws-sdk/client-ecs';
import type { Clock } from '@tidegate/clock';
import { checked } from '../diagnose/checked';
import type { Installation } from '../installation';
import { nameOf } from '../services/read-services';
import { type Check, failed, type Finding, passed, remarkable, skipped } from './check';
import { readServiceLog, type ServiceLog } from './service-log';
import { troubleLineOf, type TroubleLine } from './trouble-line';

const SHOWN_CHARACTERS = 200;

/**
 * The log of a service. Lines of level error are for a person to judge; a fatal one is a process that gave up, and fails the
 * check though its task may have been replaced.
 */
export function logCheck(installation: Installation, service: Service, clock: Clock): Check {
  const { environment, region } = installation;
  const name = nameOf(service);
  return {
    part: `log of ${name}`,
    expected: 'its log group is there, its running tasks write to it, and no line is fatal',
    remedy: `"tidegate logs ${environment} ${name} --since 24h" shows it; "tidegate diagnose ${environment} ${name}" looks for the cause.`,
    needsKey: false,
    look: async () => {
      const log = await checked(region, readServiceLog(installation, service, clock.nowMs()));
      return 'unchecked' in log ? skipped(log.unchecked) : findingOf(log.value);
    },
  };
}

function findingOf(log: ServiceLog | undefined): Finding {
  if (log === undefined) return failed('its container names no log group: what it writes is kept nowhere');
  const { group, runningTasks, writingTasks, lines } = log;
  if (lines === undefined) return failed(`there is no log group ${group}`);
  if (runningTasks === 0) return skipped(`no task runs that could write to ${group}`);
  if (writingTasks === 0)
    return failed(`nothing was ever written to ${group} by any of its ${runningTasks} running tasks`);
  return troubleFinding(log, lines.map(({ message }) => troubleLineOf(message)).filter(isTrouble));
}

function troubleFinding(
  { group, runningTasks, writingTasks, since }: ServiceLog,
  trouble: readonly TroubleLine[],
): Finding {
  const fatal = trouble.filter(({ level }) => level === 'fatal');
  const newest = fatal.at(-1) ?? trouble.at(-1);
  const found = [
    `${writingTasks} of ${runningTasks} running tasks wrote to ${group}`,
    `since ${since.toISOString()}: error lines ${trouble.length - fatal.length}, fatal lines ${fatal.length}`,
    ...(newest === undefined
      ? []
      : [`the newest ${newest.level}: ${newest.text.slice(0, SHOWN_CHARACTERS)}`]),
  ].join('; ');
  if (fatal.length > 0) return failed(found);
  return trouble.length > 0 || writingTasks < runningTasks ? remarkable(found) : passed(found);
}

function isTrouble(line: TroubleLine | undefined): line is TroubleLine {
  return line !== undefined;
}
