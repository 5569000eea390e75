export { partyOf, plainAddress } from './address-text';
export { NetworkError, Networks } from './networks';
