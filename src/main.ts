const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Countersign needs Node 24 and found ${process.version}. Start it with "npm start", which uses the Node that "npm install" brings along.`,
  );
  process.exit(1);
}
const { run } = await import('./start.ts');
await run();
export {};
