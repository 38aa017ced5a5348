import { isIP } from 'node:net';

/**
 * Where somebody asks from, for counting: the address, of IPv6 the /64 that it is in. Whoever has one address there has
 * all of them, and would otherwise be somebody else with each request.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined || isIP(address) !== 6) return address ?? 'unknown';
  const [left = [], right = []] = address
    .replace(/%.*$/, '')
    .split('::')
    .map(part => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map(group => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
