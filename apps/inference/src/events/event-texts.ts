import { createHash } from 'node:crypto';
import type { EventPolicy } from './event-policy';
import type { ScoredRows } from './scored-rows';

const REDACTED = '"[redacted]"';
/** An id has 128 characters at most: 64 of the request, the row, and an alias, which may have 255. */
const MAX_SUFFIX_LENGTH = 48;

/**
 * The events of scored rows as JSON (`predictionEventSchema` in `libs/schemas`), put together from texts that exist:
 * tens of thousands a second pass here, and serialising objects would cost more than the predictions.
 */
export function eventTexts(rows: ScoredRows, { inputs, redact }: EventPolicy, nowMs: number): string[] {
  const { requestId, traceparent, subject, latencyMs, shadowOf } = rows;
  const shared =
    `,"timestamp":"${isoTime(nowMs)}",${versionText(rows)}` +
    `,"latency_ms":${Math.round(latencyMs * 1000) / 1000},"request_id":"${requestId}"` +
    (traceparent === undefined ? '' : `,"traceparent":"${traceparent}"`) +
    (subject === undefined ? '' : `,"subject":${JSON.stringify(subject)}`) +
    (shadowOf === undefined ? '' : `,"metadata":{"shadow_of":${JSON.stringify(shadowOf)}}`);
  const suffix =
    shadowOf === undefined
      ? ''
      : `-${(rows.follower.selector.alias ?? rows.version.target.version).slice(0, MAX_SUFFIX_LENGTH)}`;
  const inputTexts = inputs === 'none' ? undefined : rows.inputTexts();
  return rows.rowTexts().map((outputs, row) => {
    const own = inputTexts?.[row];
    const logged = own === undefined ? '' : `,"inputs":${inputText(own, inputs, redact)}`;
    return `{"id":"${rows.id}-${row}${suffix}"${shared}${logged},"outputs":${outputs}}`;
  });
}

let lastMs = 0;
let lastText = '';

/** Many events have the same millisecond. */
function isoTime(nowMs: number): string {
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastText = new Date(nowMs).toISOString();
  }
  return lastText;
}

const versionTexts = new WeakMap<object, string>();

function versionText({ version, follower }: ScoredRows): string {
  let text = versionTexts.get(version);
  if (text === undefined) {
    const { name, version: number } = version.target;
    const { alias } = follower.selector;
    text = `"model":${JSON.stringify(name)},"version":${JSON.stringify(number)}`;
    if (alias !== undefined) text += `,"alias":${JSON.stringify(alias)}`;
    versionTexts.set(version, text);
  }
  return text;
}

function inputText(text: string, inputs: 'hash' | 'full' | 'none', redact: ReadonlySet<string>): string {
  const shown = redact.size === 0 ? text : withoutFields(text, redact, inputs === 'full');
  return inputs === 'full' ? shown : `{"sha256":"${createHash('sha256').update(shown).digest('hex')}"}`;
}

/** Fields of an instance that is an object; a hash is made as if they were not there. */
function withoutFields(text: string, redact: ReadonlySet<string>, isMarked: boolean): string {
  const instance: unknown = JSON.parse(text);
  if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) return REDACTED;
  const fields = Object.entries(instance).flatMap(([name, value]) => {
    if (!redact.has(name)) return [`${JSON.stringify(name)}:${JSON.stringify(value)}`];
    return isMarked ? [`${JSON.stringify(name)}:${REDACTED}`] : [];
  });
  return `{${fields.join(',')}}`;
}
