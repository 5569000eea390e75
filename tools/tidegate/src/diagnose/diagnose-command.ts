import { ExitCode } from '../exit-code';
import type { DiagnoseCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { diagnosisLines } from './diagnosis-text';
import { gatherFacts } from './gather-facts';
import { diagnose, isFinding } from './match-causes';

/** `tidegate diagnose`: 2 when there is something to mend, recognised or not. */
export async function diagnoseService(
  { installation, service, sinceMs, isJson }: DiagnoseCommand,
  { clock, print, note, paint }: OperationsContext,
): Promise<ExitCode> {
  const nowMs = clock.nowMs();
  const title = `${installation.prefix} ${service}`;
  note(`Looking at tasks, targets, alarms, log, secrets and network of ${title} …`);
  const diagnosis = diagnose(await gatherFacts(installation, service, nowMs - sinceMs));
  if (isJson) {
    const { environment, region } = installation;
    print(JSON.stringify({ environment, region, service, at: new Date(nowMs), ...diagnosis }, null, 2));
  } else {
    for (const line of diagnosisLines(title, diagnosis, nowMs, paint)) print(line);
  }
  return isFinding(diagnosis) ? ExitCode.finding : ExitCode.ok;
}
