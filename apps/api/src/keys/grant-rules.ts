import { isIP } from 'node:net';
import { Networks } from '@tidegate/ip-networks';

/** What a key may do, where, how often and for how long; null: without that limit. */
export interface Rights {
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null;
  readonly allowedCidrs: readonly string[] | null;
  readonly rateClass: string;
  readonly expiresAt: Date | null;
}

/** Requests a second of a rate class; Infinity when it is not limited. */
export type RateOfClass = (rateClass: string) => number;

/**
 * A key can grant only what it holds itself.
 *
 * @returns what of `wanted` the granter lacks, each as `field: reason`; empty when it holds all of it
 */
export function lackingRights(wanted: Rights, granter: Rights, rateOf: RateOfClass): string[] {
  return [
    ...lackingScopes(wanted, granter),
    ...lackingModels(wanted, granter),
    ...lackingNetworks(wanted, granter),
    ...(rateOf(wanted.rateClass) > rateOf(granter.rateClass)
      ? [`rate_class: "${wanted.rateClass}" allows more than the granting key's own "${granter.rateClass}"`]
      : []),
    ...lackingTime(wanted, granter),
  ];
}

function lackingScopes(wanted: Rights, granter: Rights): string[] {
  const held = new Set(granter.scopes);
  const lacking = wanted.scopes.filter((scope) => !held.has(scope));
  return lacking.length === 0 ? [] : [`scopes: the granting key does not hold ${lacking.join(', ')}`];
}

function lackingModels(wanted: Rights, granter: Rights): string[] {
  if (granter.models === null) return [];
  const held = new Set(granter.models);
  if (wanted.models?.every((model) => held.has(model)) === true) return [];
  return [`models: the granting key is limited to ${granter.models.join(', ')}`];
}

function lackingNetworks(wanted: Rights, granter: Rights): string[] {
  const held = granter.allowedCidrs;
  if (held === null) return [];
  if (wanted.allowedCidrs?.every((inner) => held.some((outer) => liesWithin(inner, outer))) === true)
    return [];
  return [`allowed_cidrs: the granting key is limited to ${held.join(', ')}`];
}

function lackingTime(wanted: Rights, granter: Rights): string[] {
  if (granter.expiresAt === null) return [];
  if (wanted.expiresAt !== null && wanted.expiresAt <= granter.expiresAt) return [];
  return [`expires_at: the granting key itself ends at ${granter.expiresAt.toISOString()}`];
}

/**
 * Whether all of one network lies within one other. Two networks that only together hold a third do not count, nor does
 * an IPv4 network within an IPv6 one.
 */
function liesWithin(inner: string, outer: string): boolean {
  const [address = '', prefix] = inner.split('/');
  const [outerAddress = '', outerPrefix] = outer.split('/');
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  return (
    family === isIP(outerAddress) &&
    Number(prefix ?? bits) >= Number(outerPrefix ?? bits) &&
    Networks.parse([outer]).includes(address)
  );
}
