import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import * as dnsPacket from 'dns-packet';
import { encodeAnswer, encodeDecoys, encodeForged } from './faulty-dns-answer';
import type { DnsBehaviour, DnsQueryType } from './faulty-dns-behaviour';

/** One query as it arrived; retransmissions count too. */
export interface ReceivedDnsQuery {
  readonly name: string;
  readonly type: string;
  readonly transport: 'udp' | 'tcp';
  readonly id: number;
  /** The port it came from. */
  readonly port: number;
  /** Bytes of UDP the client takes; undefined where it does not use the extension (EDNS). */
  readonly udpPayloadSize: number | undefined;
}

/** How to answer one client over one transport. */
interface Client {
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
  readonly send: (bytes: Buffer) => void;
  /** From a port that is not the server's; resolves when it is on its way. */
  readonly sendFromElsewhere?: (bytes: Buffer) => Promise<void>;
  readonly close?: () => void;
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
  private readonly waiters = new Set<() => void>();
  private held: (() => void)[] = [];
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

  /** Resolves when `name` has been asked for that often. */
  async received(name: string, count: number, type?: DnsQueryType): Promise<void> {
    while (this.countQueries(name, type) < count) {
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  /** Connections opened over TCP and not closed yet. */
  get openConnections(): number {
    return this.tcpSockets.size;
  }

  /** Sends the answers that were held back. */
  release(): void {
    const { held } = this;
    this.held = [];
    for (const send of held) send();
  }

  /** TCP connections are refused from now on; UDP goes on. */
  async stopTcp(): Promise<void> {
    const { tcp } = this;
    this.tcp = undefined;
    for (const socket of this.tcpSockets) socket.destroy();
    await (tcp && closed(tcp));
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
    this.serveUdp(udp);
  }

  private serveUdp(udp: UdpSocket): void {
    udp.on('message', (message, { port, address }) => {
      this.reply(message, {
        transport: 'udp',
        port,
        send: (bytes) => udp === this.udp && udp.send(bytes, port, address),
        sendFromElsewhere: async (bytes) => {
          const stranger = createSocket('udp4');
          await new Promise((resolve) => stranger.send(bytes, port, address, resolve));
          await closed(stranger);
        },
      });
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
        this.reply(received.subarray(2, end), {
          transport: 'tcp',
          port: socket.remotePort ?? 0,
          send: (bytes) => {
            const length = Buffer.alloc(2);
            length.writeUInt16BE(bytes.length);
            socket.write(Buffer.concat([length, bytes]));
          },
          close: () => socket.destroy(),
        });
        received = received.subarray(end);
      }
    });
  }

  private reply(message: Buffer, client: Client): void {
    const query = dnsPacket.decode(message);
    const question = query.questions?.[0];
    if (question === undefined) return;
    const name = question.name.toLowerCase();
    this.record(name, question.type, query, client);
    const behaviour =
      this.behaviours.get(behaviourKey(name, question.type)) ??
      this.behaviours.get(behaviourKey(name)) ??
      unknownName;
    if (behaviour.isDropped) return;
    const send = (): void => void sendAnswer(query, question, behaviour, client);
    if (behaviour.isHeld) this.held.push(send);
    else if (behaviour.delayMs === undefined) send();
    else setTimeout(send, behaviour.delayMs).unref();
  }

  private record(name: string, type: string, query: dnsPacket.Packet, { transport, port }: Client): void {
    const extension = query.additionals?.find((record) => record.type === 'OPT');
    this.queries.push({
      name,
      type,
      transport,
      id: query.id ?? 0,
      port,
      udpPayloadSize: extension?.udpPayloadSize,
    });
    for (const wake of this.waiters) wake();
    this.waiters.clear();
  }
}

async function sendAnswer(
  query: dnsPacket.Packet,
  question: dnsPacket.Question,
  behaviour: DnsBehaviour,
  client: Client,
): Promise<void> {
  const { transport, send } = client;
  const bytes = encodeAnswer(query, question, behaviour, transport);
  if (transport === 'tcp' && behaviour.tcpFault !== undefined) {
    if (behaviour.tcpFault === 'cut') send(bytes.subarray(0, bytes.length / 2));
    if (behaviour.tcpFault === 'closed') client.close?.();
    return;
  }
  if (behaviour.hasDecoys) {
    for (const decoy of encodeDecoys(query, question)) send(decoy);
    await client.sendFromElsewhere?.(encodeForged(query, question));
  }
  send(bytes);
  if (behaviour.isRepeated) send(bytes);
}

function behaviourKey(name: string, type?: string): string {
  return `${name.toLowerCase()} ${type ?? 'any'}`;
}

/** Where the first message of a TCP stream ends; beyond the buffer while it is incomplete. */
function messageEnd(received: Buffer): number {
  return received.length < 2 ? Infinity : 2 + received.readUInt16BE(0);
}

async function closed(closable: UdpSocket | Server): Promise<void> {
  await new Promise<void>((resolve) => closable.close(() => resolve()));
}
