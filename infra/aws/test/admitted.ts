import type { SynthesizedStack } from './synthesized-stack';

/** `from -> to :port` of each rule that admits, groups by their names. */
export function admitted(stack: SynthesizedStack): string[] {
  const names = Object.fromEntries(
    Object.entries(stack.resources('aws_security_group')).map(([id, { name }]) => [
      `\${aws_security_group.${id}.id}`,
      String(name).replace(/^tidegate-[a-z]+-/, ''),
    ]),
  );
  const nameOf = (id: unknown): string =>
    names[String(id)] ?? /(database|redis)_/.exec(String(id))?.[1] ?? String(id);
  return stack
    .all('aws_vpc_security_group_ingress_rule')
    .map((rule) => {
      const from = (rule['cidr_ipv4'] ?? nameOf(rule['referenced_security_group_id'])) as string;
      return `${from} -> ${nameOf(rule['security_group_id'])} :${String(rule['to_port'])}`;
    })
    .sort();
}
