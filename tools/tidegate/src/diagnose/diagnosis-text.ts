import { ageOf } from '../operations/duration';
import type { Paint } from '../terminal/paint';
import type { Diagnosis, RecognisedCause } from './match-causes';
import { isFinding } from './match-causes';
import type { Observation } from './observation';

const SHOWN_EVIDENCE = 5;
const SHOWN_UNEXPLAINED = 10;
const SHOWN_CHARACTERS = 400;

/** A diagnosis for people: what was seen, the likely cause, the remedy. */
export function diagnosisLines(title: string, diagnosis: Diagnosis, nowMs: number, paint: Paint): string[] {
  const { state, problems, causes, consequences, unexplained, unchecked } = diagnosis;
  const colour = state === 'unhealthy' ? paint.bad : paint.good;
  return [
    `${title}: ${colour(state)}`,
    ...problems.map((problem) => paint.bad(`! ${problem}`)),
    ...causes.flatMap((cause) => causeLines(cause, nowMs, paint)),
    ...(causes.length === 0 ? verdictLines(diagnosis, paint) : []),
    ...consequenceLines(consequences, paint),
    ...evidenceSection(
      causes.length === 0 ? 'WHAT WAS SEEN' : 'NOT EXPLAINED BY IT',
      unexplained,
      nowMs,
      paint,
    ),
    ...(unchecked.length === 0
      ? []
      : ['', paint.heading('NOT LOOKED AT'), ...unchecked.map((line) => `  ${line}`)]),
  ];
}

function causeLines({ id, title, remedy, evidence }: RecognisedCause, nowMs: number, paint: Paint): string[] {
  return [
    '',
    `${paint.heading('LIKELY CAUSE')}  ${title} ${paint.faint(`[${id}]`)}`,
    '  Seen:',
    ...evidenceLines(evidence, SHOWN_EVIDENCE, nowMs),
    '  Remedy:',
    ...remedy.map((step) => `    - ${step}`),
  ];
}

function verdictLines(diagnosis: Diagnosis, paint: Paint): string[] {
  if (!isFinding(diagnosis)) return ['', 'Nothing is wrong with it, as far as can be seen from here.'];
  return [
    '',
    `${paint.heading('NOT RECOGNISED')}  No known cause fits what was seen.`,
    '  What it says below is the best hint; the log has more. If you find the cause, add it to tools/tidegate/src/diagnose/causes.',
  ];
}

function consequenceLines(consequences: readonly RecognisedCause[], paint: Paint): string[] {
  if (consequences.length === 0) return [];
  const lines = consequences.map(({ id, title }) => `  ${title} ${paint.faint(`[${id}]`)}`);
  return ['', paint.heading('FOLLOWS FROM IT'), ...lines];
}

function evidenceSection(
  heading: string,
  seen: readonly Observation[],
  nowMs: number,
  paint: Paint,
): string[] {
  if (seen.length === 0) return [];
  return ['', paint.heading(heading), ...evidenceLines(seen, SHOWN_UNEXPLAINED, nowMs)];
}

/** The newest ones. */
function evidenceLines(seen: readonly Observation[], most: number, nowMs: number): string[] {
  const newest = [...seen].sort((one, other) => timeOf(other) - timeOf(one));
  const left = newest.length - most;
  return [
    ...newest.slice(0, most).map((observation) => `    ${evidenceLine(observation, nowMs)}`),
    ...(left > 0 ? [`    and ${left} more; --json shows all`] : []),
  ];
}

function evidenceLine({ source, subject, text, at, count }: Observation, nowMs: number): string {
  const often = count > 1 ? `${count} times` : '';
  const when = at === undefined ? '' : `${ageOf(at, nowMs)} ago`;
  const about = [often, when].filter(Boolean).join(', last ');
  const where = [source, subject].filter(Boolean).join(' ');
  return `${where}${about === '' ? '' : ` (${about})`}: ${shortened(text)}`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' | ');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

function timeOf({ at }: Observation): number {
  return at?.getTime() ?? 0;
}
