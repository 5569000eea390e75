import * as dnsPacket from 'dns-packet';
import { decoyAddresses, rcodes, type DnsBehaviour, type DnsQueryType } from './faulty-dns-behaviour';

/** What UDP carries for a client that does not say that it takes more. */
const PLAIN_UDP_BYTES = 512;
const forged: DnsBehaviour = { addresses: Object.values(decoyAddresses) };

/** The message a query gets over `transport`. Over UDP an answer too long for the client is truncated. */
export function encodeAnswer(
  query: dnsPacket.Packet,
  question: dnsPacket.Question,
  behaviour: DnsBehaviour,
  transport: 'udp' | 'tcp',
): Buffer {
  const bytes = encode(query, question, behaviour, transport === 'udp' && behaviour.isTruncated === true);
  if (behaviour.isGarbage) return Buffer.concat([bytes.subarray(0, 2), Buffer.alloc(20, 0xff)]);
  if (behaviour.isCut) return bytes.subarray(0, Math.ceil(bytes.length / 2));
  return transport === 'udp' && bytes.length > udpLimit(query)
    ? encode(query, question, behaviour, true)
    : bytes;
}

/** Messages that look like an answer to the query and are none. */
export function encodeDecoys(query: dnsPacket.Packet, question: dnsPacket.Question): Buffer[] {
  const id = query.id ?? 0;
  return [
    encode({ ...query, id: (id + 1) % 0x10000 }, question, forged, false),
    encode(query, { ...question, name: `not-${question.name}` }, forged, false),
    encodeAnswer(query, question, { isGarbage: true }, 'udp'),
    encodeAnswer(query, question, { ...forged, isCut: true }, 'udp'),
    dnsPacket.encode({ type: 'query', id, questions: [question] }),
    Buffer.alloc(0),
  ];
}

/** A valid answer with addresses that must not be believed, for a sender that is not the server. */
export function encodeForged(query: dnsPacket.Packet, question: dnsPacket.Question): Buffer {
  return encodeAnswer(query, question, forged, 'udp');
}

function encode(
  query: dnsPacket.Packet,
  question: dnsPacket.Question,
  behaviour: DnsBehaviour,
  isTruncated: boolean,
): Buffer {
  const isExtended = extensionOf(query) !== undefined;
  const rcode = responseCode(behaviour, isExtended);
  const asked = { ...question, name: behaviour.questionName ?? question.name };
  const flags =
    dnsPacket.RECURSION_DESIRED |
    dnsPacket.RECURSION_AVAILABLE |
    (isTruncated ? dnsPacket.TRUNCATED_RESPONSE : 0) |
    (rcode & 0xf);
  return dnsPacket.encode({
    type: 'response',
    ...(query.id !== undefined && { id: query.id }),
    flags,
    questions: behaviour.isWithoutQuestion ? [] : [asked],
    answers: isTruncated || rcode !== 0 ? [] : answersTo(asked, behaviour),
    additionals: isExtended && !behaviour.isWithoutEdns ? [extension(rcode >> 4)] : [],
  });
}

/** Codes above 15 cannot be said to a client without the extension: it gets the answer. */
function responseCode(behaviour: DnsBehaviour, isExtended: boolean): number {
  if (behaviour.isWithoutEdns && isExtended) return rcodes.FORMERR;
  const rcode = rcodes[behaviour.rcode ?? 'NOERROR'];
  return rcode > 0xf && !isExtended ? rcodes.NOERROR : rcode;
}

function answersTo(question: dnsPacket.Question, behaviour: DnsBehaviour): dnsPacket.Answer[] {
  const ttl = behaviour.ttlSeconds ?? 60;
  const owner = behaviour.ownerName ?? question.name;
  const chain = [owner, ...[behaviour.cname ?? []].flat()];
  const aliases = chain.slice(1).map((data, index): dnsPacket.Answer => {
    return { type: 'CNAME', name: chain[index] ?? owner, ttl, data };
  });
  const name = chain.at(-1) ?? owner;
  const addresses = (behaviour.addresses ?? []).map((data) => {
    const type: DnsQueryType = data.includes(':') ? 'AAAA' : 'A';
    return { type, name, ttl, data };
  });
  return [...aliases, ...addresses.filter(({ type }) => type === question.type)];
}

function extension(extendedRcode: number): dnsPacket.OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 4096,
    extendedRcode,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

function extensionOf(query: dnsPacket.Packet): dnsPacket.OptAnswer | undefined {
  return query.additionals?.find((record) => record.type === 'OPT');
}

function udpLimit(query: dnsPacket.Packet): number {
  return Math.max(PLAIN_UDP_BYTES, extensionOf(query)?.udpPayloadSize ?? 0);
}
