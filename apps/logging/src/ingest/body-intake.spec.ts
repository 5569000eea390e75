import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { BodyIntake } from './body-intake';

const limits = { maxBodyBytes: 100, maxInflightBytes: 150 };

/** A body under way; the rest of a request does not matter here. */
function bodyOf(contentLength?: number): PassThrough & IncomingMessage {
  const headers = contentLength === undefined ? {} : { 'content-length': String(contentLength) };
  return Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage;
}

describe('BodyIntake', () => {
  const receive = (intake: BodyIntake<object>, request: object, payload: IncomingMessage): Promise<unknown> =>
    new Promise((resolve) =>
      intake.read(request, payload, (error, body) => resolve(error ?? body?.toString())),
    );

  it('gives the body whole and counts it until it is released', async () => {
    const intake = new BodyIntake<object>(limits);
    const request = {};
    const payload = bodyOf();
    const received = receive(intake, request, payload);
    payload.write('one ');
    payload.end('two');
    expect(await received).toBe('one two');
    expect(intake.heldBytes).toBe(7);
    intake.release(request);
    intake.release(request);
    expect(intake.heldBytes).toBe(0);
  });

  it('refuses what is too large, as announced or as it comes', async () => {
    const intake = new BodyIntake<object>(limits);
    expect(await receive(intake, {}, bodyOf(101))).toMatchObject({ code: 'BODY_TOO_LARGE' });
    const payload = bodyOf();
    const received = receive(intake, {}, payload);
    payload.write('x'.repeat(60));
    payload.write('x'.repeat(60));
    expect(await received).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('refuses bytes beyond all that may be held, but not those of a request that is alone', async () => {
    const intake = new BodyIntake<object>({ maxBodyBytes: 1000, maxInflightBytes: 150 });
    const [first, second] = [{}, {}];
    const firstBody = bodyOf();
    const firstReceived = receive(intake, first, firstBody);
    firstBody.end('x'.repeat(200));
    expect(await firstReceived).toHaveLength(200);
    const secondBody = bodyOf();
    const secondReceived = receive(intake, second, secondBody);
    secondBody.end('x');
    expect(await secondReceived).toMatchObject({ code: 'OVERLOADED' });
    intake.release(second);
    intake.release(first);
    expect(intake.heldBytes).toBe(0);
  });

  it('keeps no place for what was only announced', async () => {
    const intake = new BodyIntake<object>(limits);
    const slow = bodyOf(100);
    void receive(intake, {}, slow);
    const payload = bodyOf(100);
    const received = receive(intake, {}, payload);
    payload.end('x'.repeat(100));
    expect(await received).toHaveLength(100);
  });

  it('passes the error of a sender that is gone on', async () => {
    const intake = new BodyIntake<object>(limits);
    const payload = bodyOf();
    const received = receive(intake, {}, payload);
    payload.destroy(new Error('gone'));
    expect(await received).toMatchObject({ message: 'gone' });
  });
});
