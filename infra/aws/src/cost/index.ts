export { economyChanges } from './economy';
export { estimate, groupTotals, type Estimate } from './estimate';
export { itemised } from './report';
export type { CostLine } from './cost-line';
export type { Usage } from './usage';
