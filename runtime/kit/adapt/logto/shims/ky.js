// connector-kit imports ky for refreshing the tokens of social connectors, which nothing here does.

export { HTTPError } from './got.js';
import { refuse } from '../call.js';

const ky = () => refuse('the package sends with ky, which is not there');
export default Object.assign(ky, { get: ky, post: ky, put: ky, create: () => ky, extend: () => ky });
