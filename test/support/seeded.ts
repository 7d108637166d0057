export { seededBytes } from '../../src/seeded-bytes.ts';
