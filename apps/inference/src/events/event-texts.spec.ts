import { createHash } from 'node:crypto';
import { predictionEventSchema } from '@tidegate/schemas';
import type { EventPolicy } from './event-policy';
import { eventTexts } from './event-texts';
import type { ScoredRows } from './scored-rows';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const FULL: EventPolicy = { sample: 1, inputs: 'full', redact: new Set() };

function rows(overrides: Partial<ScoredRows> = {}): ScoredRows {
  return {
    id: 'order-7',
    requestId: 'request-7',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    subject: 'customer "7"',
    latencyMs: 1.23456,
    follower: { selector: { text: 'di"gits@production', name: 'di"gits', alias: 'production' } },
    version: { target: { name: 'di"gits', version: '3' } },
    rowTexts: () => ['{"label":1}', '{"label":2}'],
    inputTexts: () => ['{"age":40,"name":"Ann"}', '{"age":41,"name":"Bob"}'],
    ...overrides,
  } as unknown as ScoredRows;
}

function parsed(texts: readonly string[]): unknown[] {
  return texts.map((text) => predictionEventSchema.strict().parse(JSON.parse(text)));
}

describe('events for the prediction log', () => {
  it('are valid, one a row, with everything that makes them traceable', () => {
    const shared = {
      timestamp: '2026-01-02T03:04:05.678Z',
      model: 'di"gits',
      version: '3',
      alias: 'production',
      latency_ms: 1.235,
      request_id: 'request-7',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      subject: 'customer "7"',
    };
    expect(parsed(eventTexts(rows(), { ...FULL, inputs: 'none' }, NOW_MS))).toEqual([
      { ...shared, id: 'order-7-0', outputs: { label: 1 } },
      { ...shared, id: 'order-7-1', outputs: { label: 2 } },
    ]);
  });

  it('of a challenger have ids of their own and say whom they shadow', () => {
    const [first] = parsed(
      eventTexts(rows({ shadowOf: 'digits@"x"', traceparent: undefined, subject: undefined }), FULL, NOW_MS),
    );
    expect(first).toMatchObject({ id: 'order-7-0-production', metadata: { shadow_of: 'digits@"x"' } });
    expect(first).not.toHaveProperty('traceparent');
    expect(first).not.toHaveProperty('subject');
  });

  it('have ids that the log takes, however long the parts are that they are made of', () => {
    const follower = { selector: { name: 'digits', alias: 'a'.repeat(255) } };
    const long = { id: 'i'.repeat(64), follower, shadowOf: 'digits@production' } as unknown as ScoredRows;
    const rowTexts = (): string[] => Array<string>(1024).fill('1');
    const texts = eventTexts(rows({ ...long, rowTexts }), { ...FULL, inputs: 'none' }, NOW_MS);
    expect(parsed(texts.slice(-1))).toHaveLength(1);
  });

  it('carry inputs in full, without the fields nobody may read, or only their hash', () => {
    const inputs = (policy: Partial<EventPolicy>): unknown =>
      (parsed(eventTexts(rows(), { ...FULL, ...policy }, NOW_MS))[0] as { inputs?: unknown }).inputs;
    const redact = new Set(['name']);

    expect(inputs({})).toEqual({ age: 40, name: 'Ann' });
    expect(inputs({ redact })).toEqual({ age: 40, name: '[redacted]' });
    expect(inputs({ inputs: 'hash' })).toEqual({ sha256: sha256('{"age":40,"name":"Ann"}') });
    expect(inputs({ inputs: 'hash', redact })).toEqual({ sha256: sha256('{"age":40}') });
  });

  it('hide an instance as a whole when it has no fields to choose from', () => {
    const texts = eventTexts(
      rows({ inputTexts: () => ['[1,2]', '3'] }),
      { ...FULL, redact: new Set(['x']) },
      NOW_MS,
    );
    expect(parsed(texts)).toEqual([
      expect.objectContaining({ inputs: '[redacted]' }),
      expect.objectContaining({ inputs: '[redacted]' }),
    ]);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
