import { RetentionRules } from '../retention/retention-rules';
import { DefectRules } from './defect-rules';
import { prepareEvent } from './prepare-event';

const nowMs = Date.parse('2026-03-10T12:00:00Z');
const accepted = { nowMs, retention: new RetentionRules(30, { brief: 7 }) };
const rules = new DefectRules({
  digits: { output: 'label', labels: ['8'] },
  scores: { above: 0.5 },
});
/** A UUIDv7 of that time. */
const uuidV7 = (time: string): string => {
  const hex = Date.parse(time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`;
};
const prepare = (event: Record<string, unknown>): unknown =>
  prepareEvent(
    { value: { id: 'a', timestamp: '2026-03-10T11:00:00Z', model: 'm', version: '1', outputs: 1, ...event } },
    rules,
    accepted,
  );
const rejected = (reason: string): unknown =>
  expect.objectContaining({ rejected: expect.stringContaining(reason) as string });

describe('identity of an event', () => {
  it('takes the day of a UUIDv7, else that of the timestamp in UTC', () => {
    const id = uuidV7('2026-03-09T23:59:59.999Z');
    expect(prepare({ id, timestamp: undefined })).toMatchObject({
      day: '2026-03-09',
      predictedAtMs: Date.parse('2026-03-09T23:59:59.999Z'),
    });
    expect(prepare({ id, timestamp: '2026-03-10T00:00:01Z' })).toMatchObject({
      day: '2026-03-09',
      predictedAtMs: Date.parse('2026-03-10T00:00:01Z'),
    });
    expect(prepare({ timestamp: '2026-03-10T00:30:00+01:00' })).toMatchObject({ day: '2026-03-09' });
  });

  it('rejects another id without a timestamp, a UUIDv4 too', () => {
    expect(prepare({ timestamp: undefined })).toEqual(rejected('timestamp_required'));
    const id = '0195829e-1b00-4abc-8def-0123456789ab';
    expect(prepare({ id, timestamp: undefined })).toEqual(rejected('timestamp_required'));
  });

  it.each([
    ['2026-02-08T00:00:00Z', true],
    ['2026-02-07T23:59:59Z', false],
    ['2026-03-11T23:59:59Z', true],
    ['2026-03-12T00:00:00Z', false],
    ['0000-01-01T00:00:00Z', false],
  ])('accepts days from 30 back to tomorrow: %s %s', (time, isAccepted) => {
    const inTimestamp = prepare({ timestamp: time });
    const inId = prepare({ id: uuidV7(time.replace('0000', '9999')), timestamp: undefined });
    for (const prepared of [inTimestamp, inId])
      expect(prepared).toEqual(
        isAccepted
          ? expect.objectContaining({ id: expect.any(String) as string })
          : rejected('timestamp_out_of_range'),
      );
  });
});

describe('defects', () => {
  it('believes the event itself before the rule of its model', () => {
    expect(prepare({ model: 'digits', outputs: { label: '8' }, defect: false })).toMatchObject({
      isDefect: false,
    });
    expect(prepare({ model: 'other', defect: true })).toMatchObject({ isDefect: true });
  });

  it.each([
    ['digits', { label: '8' }, true],
    ['digits', { label: 8 }, true],
    ['digits', { label: '1' }, false],
    ['digits', { label: ['8'] }, false],
    ['digits', '8', false],
    ['scores', 0.51, true],
    ['scores', 0.5, false],
    ['scores', '0.9', false],
    ['constructor', { label: '8' }, false],
  ])('model %s with outputs %j: %s', (model, outputs, isDefect) => {
    expect(prepare({ model, outputs })).toMatchObject({ isDefect });
  });
});

describe('what cannot be stored', () => {
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

  it.each([
    ['U+0000 in text', { model: 'a\0b' }, 'text_invalid'],
    ['U+0000 deep in JSON', { inputs: [{ x: 'a\0' }] }, 'text_invalid'],
    ['U+0000 in a key', { metadata: { 'a\0': 1 } }, 'text_invalid'],
    ['no outputs', { outputs: undefined }, 'invalid: event.outputs: expected a JSON value'],
    ['half a surrogate pair', { outputs: '\ud800' }, 'text_invalid'],
    [
      'a number that JSON.parse makes infinite',
      { outputs: JSON.parse('1e999') as unknown },
      'number_out_of_range',
    ],
    ['deep nesting', { inputs: nested(100_000) }, 'too_deep'],
    ['__proto__', { metadata: JSON.parse('{"__proto__":{"isAdmin":true}}') as unknown }, 'forbidden_key'],
    ['a latency in the wrong unit', { latency_ms: 1e300 }, 'event.latency_ms'],
    ['no model', { model: undefined }, 'event.model'],
  ])('%s is rejected with its reason', (_name, event, reason) => {
    expect(prepare(event)).toEqual(rejected(reason));
  });

  it('takes 30 levels, emoji and empty objects', () => {
    expect(prepare({ inputs: nested(30), outputs: { '😀': {} } })).toMatchObject({
      outputsJson: '{"😀":{}}',
    });
  });
});
