import { TraceContexts } from './trace-context';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const valid = `00-${TRACE}-${SPAN}-01`;

describe('the trace context of a forwarded request', () => {
  let fetches = 0;
  const contexts = new TraceContexts((size) => {
    fetches += 1;
    return Buffer.alloc(size, 0xa0 + fetches);
  });
  const made = expect.stringMatching(/^00-(a1){16}-(a1){8}-01$/) as string;

  it.each([
    ['that is valid', valid],
    ['that is not sampled', `00-${TRACE}-${SPAN}-00`],
    ['of a later version with more fields', `01-${TRACE}-${SPAN}-01-more`],
  ])('keeps a traceparent %s, with its tracestate', (_what, traceparent) => {
    expect(contexts.of({ traceparent, tracestate: 'vendor=1' })).toEqual({
      traceparent,
      tracestate: 'vendor=1',
    });
  });

  it.each([
    ['none', undefined],
    ['one of the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['an empty trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['an empty span id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper case', valid.toUpperCase()],
    ['more fields than its version has', `${valid}-more`],
    ['two of them', `${valid}, ${valid}`],
    ['an endless one', `01-${TRACE}-${SPAN}-01-${'a'.repeat(500)}`],
  ])('starts a trace for %s, without the tracestate', (_what, traceparent) => {
    const headers = traceparent === undefined ? {} : { traceparent };
    expect(contexts.of({ ...headers, tracestate: 'vendor=1' })).toEqual({ traceparent: made });
  });

  it('drops a tracestate that is too long, and keeps the trace', () => {
    expect(contexts.of({ traceparent: valid, tracestate: 'a'.repeat(513) })).toEqual({ traceparent: valid });
  });

  it('never gives the same ids twice', () => {
    let next = 0;
    const counting = new TraceContexts((size) =>
      Buffer.from(Array.from({ length: size }, () => next++ >> 3)),
    );
    const ids = Array.from({ length: 60 }, () => counting.of({}).traceparent);
    expect(new Set(ids).size).toBe(60);
  });
});
