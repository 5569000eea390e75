import { decode, encode, RECURSION_DESIRED, type Packet } from 'dns-packet';
import type { Address, Family } from './address';
import { followAliases } from './alias-chain';
import type { DnsErrorCode } from './dns-error';

export interface Question {
  readonly hostname: string;
  readonly family: Family;
}

/** A question as it is sent. */
export interface Query extends Question {
  readonly id: number;
  readonly bytes: Buffer;
}

/** What a name server says to a question. */
export type Reply =
  | { readonly kind: 'records'; readonly addresses: readonly Address[]; readonly ttlSeconds: number }
  | { readonly kind: 'absent' | 'failed'; readonly code: DnsErrorCode };

/** `truncated`: to be asked over TCP. `unsupported`: the server does not understand the query, perhaps its extension. */
export type Message = Reply | { readonly kind: 'truncated' } | { readonly kind: 'unsupported' };

/** What passes every network without being cut in pieces (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1232;
const HEADER_BYTES = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TRUNCATED = 0x0200;

export function createQuery(question: Question, id: number, isExtended: boolean): Query {
  const bytes = encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type: recordType(question), name: question.hostname, class: 'IN' }],
    additionals: isExtended
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_PAYLOAD_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
  return { ...question, id, bytes };
}

/** Undefined for bytes that are no answer to this query: anybody can send those, so the answer is waited for on. */
export function readMessage(bytes: Buffer, query: Query): Message | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(0) !== query.id) return undefined;
  const flags = bytes.readUInt16BE(2);
  if ((flags & RESPONSE) === 0 || (flags & OPCODE) !== 0) return undefined;
  try {
    return readPacket(decode(bytes), flags, query);
  } catch {
    // Some servers cut a long answer in the middle of a record.
    return (flags & TRUNCATED) === 0 ? undefined : { kind: 'truncated' };
  }
}

function readPacket(packet: Packet, flags: number, query: Query): Message | undefined {
  const [asked, ...others] = packet.questions ?? [];
  const code = responseCode(packet, flags);
  // A server that could not read the question may leave it out.
  if (asked === undefined) return isUnsupported(code) ? { kind: 'unsupported' } : undefined;
  const isEcho =
    asked.type === recordType(query) && asked.name.toLowerCase() === query.hostname.toLowerCase();
  if (!isEcho || others.length > 0) return undefined;
  if ((flags & TRUNCATED) !== 0) return { kind: 'truncated' };
  if (isUnsupported(code)) return { kind: 'unsupported' };
  if (code === 3) return { kind: 'absent', code: 'DNS_NAME_NOT_FOUND' };
  if (code !== 0) return { kind: 'failed', code: 'DNS_SERVER_FAILED' };
  return followAliases(packet.answers ?? [], query.hostname, recordType(query));
}

/** Twelve bits: four in the header, the others in the extension. */
function responseCode(packet: Packet, flags: number): number {
  const extension = packet.additionals?.find((record) => record.type === 'OPT');
  return (flags & 0xf) + 16 * (extension?.extendedRcode ?? 0);
}

/** FORMERR, NOTIMP, BADVERS. */
function isUnsupported(code: number): boolean {
  return code === 1 || code === 4 || code === 16;
}

function recordType({ family }: Question): 'A' | 'AAAA' {
  return family === 4 ? 'A' : 'AAAA';
}
