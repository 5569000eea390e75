import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import * as dnsPacket from 'dns-packet';

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** How the server answers one name; everything left out behaves well. */
export interface DnsBehaviour {
  /** IPv4 addresses answer A, IPv6 addresses AAAA. An empty list is an empty answer. @default [] */
  readonly addresses?: readonly string[];
  /** @default 60 */
  readonly ttlSeconds?: number;
  /** @default NOERROR */
  readonly rcode?: keyof typeof rcodes;
  /** The query is counted and never answered. */
  readonly isDropped?: boolean;
  readonly delayMs?: number;
  /** Over UDP only the truncation bit is sent; the answer is had over TCP. */
  readonly isTruncated?: boolean;
  /** Bytes that are no DNS message, under the query's id. */
  readonly isGarbage?: boolean;
  /** The records carry this name instead of the one that was asked for. */
  readonly ownerName?: string;
  /** The answer starts with a CNAME to this name and the addresses belong to it; may be the name itself (a loop). */
  readonly cname?: string;
}

export type DnsQueryType = 'A' | 'AAAA';

/** One query as it arrived; retransmissions count too. */
export interface ReceivedDnsQuery {
  readonly name: string;
  readonly type: string;
  readonly transport: 'udp' | 'tcp';
}

const unknownName: DnsBehaviour = { rcode: 'NXDOMAIN' };

/**
 * A real name server on 127.0.0.1, over UDP and TCP on one free port, that misbehaves as told. Names it was not told
 * about do not exist.
 */
export class FaultyDnsServer {
  readonly queries: ReceivedDnsQuery[] = [];
  private readonly behaviours = new Map<string, DnsBehaviour>();
  private udp: UdpSocket | undefined;
  private tcp: Server | undefined;
  private readonly tcpSockets = new Set<Socket>();
  private port = 0;

  static async start(): Promise<FaultyDnsServer> {
    const server = new FaultyDnsServer();
    await server.listen();
    return server;
  }

  /** In the form `dns.Resolver.setServers` takes; stays the same over `stop` and `startAgain`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Sets how `name` is answered from now on; with `type` for that query type only, which then comes first. */
  answer(name: string, behaviour: DnsBehaviour, type?: DnsQueryType): void {
    this.behaviours.set(behaviourKey(name, type), behaviour);
  }

  /** How often `name` was asked for, over both transports. */
  countQueries(name: string, type?: DnsQueryType): number {
    return this.queries.filter((query) => query.name === name && (type ?? query.type) === query.type).length;
  }

  /** Queries are refused from now on, as when the process is gone. */
  async stop(): Promise<void> {
    const { udp, tcp } = this;
    this.udp = undefined;
    this.tcp = undefined;
    for (const socket of this.tcpSockets) socket.destroy();
    await Promise.all([udp && closed(udp), tcp && closed(tcp)]);
  }

  async startAgain(): Promise<void> {
    if (this.udp === undefined) await this.listen();
  }

  /** The port is free for both transports only after both are bound, so a clash on TCP means another try. */
  private async listen(triesLeft = 10): Promise<void> {
    const udp = createSocket('udp4');
    const tcp = createServer((socket) => this.serveTcp(socket));
    udp.bind(this.port, '127.0.0.1');
    await once(udp, 'listening');
    const { port } = udp.address();
    try {
      tcp.listen(port, '127.0.0.1');
      await once(tcp, 'listening');
    } catch (error) {
      await closed(udp);
      if (this.port !== 0 || triesLeft === 0) throw error;
      return this.listen(triesLeft - 1);
    }
    this.port = port;
    this.udp = udp;
    this.tcp = tcp;
    udp.on('message', (message, from) => {
      this.reply(message, 'udp', (bytes) => udp === this.udp && udp.send(bytes, from.port, from.address));
    });
  }

  private serveTcp(socket: Socket): void {
    this.tcpSockets.add(socket);
    socket.on('close', () => this.tcpSockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let end = messageEnd(received); end <= received.length; end = messageEnd(received)) {
        this.reply(received.subarray(2, end), 'tcp', (bytes) => {
          const length = Buffer.alloc(2);
          length.writeUInt16BE(bytes.length);
          socket.write(Buffer.concat([length, bytes]));
        });
        received = received.subarray(end);
      }
    });
  }

  private reply(message: Buffer, transport: 'udp' | 'tcp', send: (bytes: Buffer) => void): void {
    const query = dnsPacket.decode(message);
    const question = query.questions?.[0];
    if (question === undefined) return;
    const name = question.name.toLowerCase();
    this.queries.push({ name, type: question.type, transport });
    const behaviour =
      this.behaviours.get(behaviourKey(name, question.type)) ??
      this.behaviours.get(behaviourKey(name)) ??
      unknownName;
    if (behaviour.isDropped) return;
    const bytes = encodeAnswer(query, question, behaviour, transport);
    if (behaviour.delayMs === undefined) send(bytes);
    else setTimeout(() => send(bytes), behaviour.delayMs).unref();
  }
}

function behaviourKey(name: string, type?: string): string {
  return `${name.toLowerCase()} ${type ?? 'any'}`;
}

function encodeAnswer(
  query: dnsPacket.Packet,
  question: dnsPacket.Question,
  behaviour: DnsBehaviour,
  transport: 'udp' | 'tcp',
): Buffer {
  const isTruncated = behaviour.isTruncated === true && transport === 'udp';
  const flags =
    dnsPacket.RECURSION_DESIRED |
    dnsPacket.RECURSION_AVAILABLE |
    (isTruncated ? dnsPacket.TRUNCATED_RESPONSE : 0) |
    rcodes[behaviour.rcode ?? 'NOERROR'];
  const bytes = dnsPacket.encode({
    type: 'response',
    id: query.id,
    flags,
    questions: [question],
    answers: isTruncated ? [] : answersTo(question, behaviour),
  });
  return behaviour.isGarbage ? Buffer.concat([bytes.subarray(0, 2), Buffer.alloc(20, 0xff)]) : bytes;
}

function answersTo(question: dnsPacket.Question, behaviour: DnsBehaviour): dnsPacket.Answer[] {
  const ttl = behaviour.ttlSeconds ?? 60;
  const owner = behaviour.ownerName ?? question.name;
  const alias: dnsPacket.Answer[] =
    behaviour.cname === undefined ? [] : [{ type: 'CNAME', name: owner, ttl, data: behaviour.cname }];
  const name = behaviour.cname ?? owner;
  const addresses = (behaviour.addresses ?? []).map((data) => {
    const type: DnsQueryType = data.includes(':') ? 'AAAA' : 'A';
    return { type, name, ttl, data };
  });
  return [...alias, ...addresses.filter(({ type }) => type === question.type)];
}

/** Where the first message of a TCP stream ends; beyond the buffer while it is incomplete. */
function messageEnd(received: Buffer): number {
  return received.length < 2 ? Infinity : 2 + received.readUInt16BE(0);
}

async function closed(closable: UdpSocket | Server): Promise<void> {
  await new Promise<void>((resolve) => closable.close(() => resolve()));
}
