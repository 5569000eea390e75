import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FakeClock, lines, RawConnection } from '@tidegate/testing';
import { endAfterBody } from './unread-body';

const ANSWER = 'refused';

describe('an answer to a request whose body is not read', () => {
  const server = createServer();
  let clock: FakeClock;
  let sockets: Socket[];
  let connection: RawConnection;

  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => void server.close());

  beforeEach(async () => {
    clock = new FakeClock();
    sockets = [];
    server.once('connection', (socket) => sockets.push(socket));
    connection = await RawConnection.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    connection.send(lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'));
    const [request, response] = await arrived;
    response.writeHead(413, { 'content-length': ANSWER.length, connection: 'close' });
    response.write(ANSWER);
    endAfterBody(request, response, clock);
    await connection.until(/refused/);
  });
  afterEach(() => connection.destroy());

  it('comes before the body, and the connection closes when that has come', async () => {
    connection.send('a'.repeat(1000));
    await connection.untilClosed();
    expect(clock.pendingTimers).toBe(0);
  });

  it('cuts off who still sends after ten seconds', async () => {
    connection.send('a'.repeat(999));
    await clock.advance(9999);
    expect(clock.pendingTimers).toBe(1);
    const closed = connection.untilClosed();
    await clock.advance(1);
    await closed;
  });

  it('leaves no timer behind when the caller goes', async () => {
    const [gone] = sockets;
    const closed = new Promise((resolve) => gone?.once('close', resolve));
    connection.socket.resetAndDestroy();
    await closed;
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
  });
});
