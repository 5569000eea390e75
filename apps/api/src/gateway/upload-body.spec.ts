import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { FakeClock } from '@tidegate/testing';
import { CallerLeft } from './caller-left';
import { readBody } from './request-body';
import { isSmallBody } from './small-body';
import { UploadBody } from './upload-body';

describe('the body of a request on its way', () => {
  let clock: FakeClock;
  let request: IncomingMessage;
  let response: ServerResponse;

  beforeEach(() => {
    clock = new FakeClock();
    request = new IncomingMessage(new Socket());
    request.on('error', () => undefined);
    response = new ServerResponse(request);
  });

  const upload = (maxBytes?: number): { body: UploadBody; failure: Promise<Error> } => {
    const body = new UploadBody(request, response, { clock, ...(maxBytes !== undefined && { maxBytes }) });
    return { body, failure: new Promise((resolve) => body.once('error', resolve)) };
  };
  /** As when the parser has seen the last byte. */
  const end = (): void => {
    request.complete = true;
    request.push(null);
  };

  it('is not touched before somebody reads it, so that another attempt can', async () => {
    const { body: unused } = upload();
    unused.destroy();
    request.push('hello');
    end();
    const parts: unknown[] = [];
    for await (const part of upload().body) parts.push(String(part));
    expect(parts).toEqual(['hello']);
  });

  it('ends with 408 when no byte comes for a minute', async () => {
    const { body, failure } = upload();
    body.resume();
    await clock.advance(59_000);
    request.push('a');
    await clock.advance(59_999);
    expect(body.destroyed).toBe(false);
    await clock.advance(1);
    expect(await failure).toMatchObject({ code: 'REQUEST_TIMEOUT', status: 408 });
  });

  it('does not blame the caller while the upstream takes nothing', async () => {
    const { body } = upload();
    body.read(0);
    for (let chunk = 0; chunk < 4; chunk += 1) request.push(Buffer.alloc(65_536));
    await clock.advance(600_000);
    expect([body.destroyed, request.isPaused()]).toEqual([false, true]);
  });

  it('ends with 413 when it grows beyond the limit', async () => {
    const { body, failure } = upload(10);
    body.resume();
    request.push(Buffer.alloc(10));
    await clock.advance(0);
    expect(body.destroyed).toBe(false);
    request.push('a');
    expect(await failure).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 });
  });

  it('ends when the caller leaves in the middle', async () => {
    const { body, failure } = upload();
    body.resume();
    request.push('half');
    await clock.advance(0);
    request.destroy();
    expect(await failure).toBeInstanceOf(CallerLeft);
  });

  it('lets what still comes flow away after an early end', async () => {
    const { body } = upload();
    body.read(0);
    for (let chunk = 0; chunk < 4; chunk += 1) request.push(Buffer.alloc(65_536));
    await clock.advance(0);
    body.destroy();
    await clock.advance(0);
    expect(request.readableLength).toBe(0);
  });

  describe('when it is small', () => {
    it.each([
      [{ 'content-length': '65536' }, true],
      [{ 'content-length': '65537' }, false],
      [{ 'transfer-encoding': 'chunked' }, false],
      [{ 'content-length': '5', expect: '100-continue' }, false],
    ])('is known by its headers: %p', (headers, expected) => {
      request.headers = headers;
      expect(isSmallBody(request)).toBe(expected);
    });

    it('is read whole, however it is cut', async () => {
      const body = readBody(request, { clock, maxBytes: 5 });
      request.push('hel');
      request.push('lo');
      end();
      expect(String(await body)).toBe('hello');
    });

    it('ends with 408 when nothing comes for a minute', async () => {
      const body = expect(readBody(request, { clock, maxBytes: 5 })).rejects.toMatchObject({
        code: 'REQUEST_TIMEOUT',
      });
      await clock.advance(59_999);
      request.push('hel');
      await clock.advance(59_999);
      expect(clock.pendingTimers).toBe(1);
      await clock.advance(1);
      await body;
    });

    it('is refused as soon as it is too large, and the connection is left alone', async () => {
      const body = expect(readBody(request, { clock, maxBytes: 5 })).rejects.toMatchObject({
        code: 'BODY_TOO_LARGE',
      });
      request.push('hello!');
      await body;
      expect(request.destroyed).toBe(false);
      expect(clock.pendingTimers).toBe(0);
    });

    it('ends when the caller leaves in the middle', async () => {
      const body = expect(readBody(request, { clock, maxBytes: 5 })).rejects.toBeInstanceOf(CallerLeft);
      request.push('hel');
      await clock.advance(0);
      request.destroy();
      await body;
    });
  });
});
