const room = 'src/domain/(?!kernel/)([^/]+)/';

/** The arrows of ARCHITECTURE.md ("Floors and arrows"). @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^sallyport' },
    },
    {
      name: 'ports-import-nothing',
      comment: 'A port is the language of the boundary: it names capabilities, never how one is met.',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { pathNot: '^src/ports/' },
    },
    {
      name: 'domain-imports-ports-kernel-and-computing-only',
      comment: 'Decisions know no SDK, no framework, no clock, no environment.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/(ports|domain)/', '^node_modules/zod/', '^(node:)?(crypto|zlib|stream)(/|$)'] },
    },
    {
      name: 'kernel-imports-no-room',
      severity: 'error',
      from: { path: '^src/domain/kernel/' },
      to: { path: '^src/domain/(?!kernel/)|^node_modules/' },
    },
    {
      name: 'rooms-do-not-import-each-other',
      comment: 'One declared edge: documents asks sensitive-data.',
      severity: 'error',
      from: { path: `^${room}` },
      to: { path: `^${room}`, pathNot: ['^src/domain/$1/', '^src/domain/sensitive-data/'] },
    },
    {
      name: 'only-documents-asks-sensitive-data',
      severity: 'error',
      from: { path: '^src/domain/(?!kernel/|documents/|sensitive-data/)' },
      to: { path: '^src/domain/sensitive-data/' },
    },
    {
      name: 'adapters-import-ports-zod-and-their-sdk',
      severity: 'error',
      from: { path: '^src/adapters/(aws|memory|node)/' },
      to: { path: '^src/', pathNot: '^src/(ports/|adapters/$1/)' },
    },
    {
      name: 'memory-adapters-need-no-package',
      severity: 'error',
      from: { path: '^src/adapters/memory/' },
      to: { path: '^node_modules/' },
    },
    {
      name: 'contracts-import-ports',
      comment: 'A contract suite is tied to no test runner and ships to consumers.',
      severity: 'error',
      from: { path: '^src/adapters/contracts/' },
      to: { pathNot: ['^src/(ports|adapters/contracts)/', '^(node:)?assert(/|$)'] },
    },
    {
      name: 'nothing-imports-handlers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/handlers/' },
      to: { path: '^src/handlers/' },
    },
    {
      name: 'src-knows-no-infra-and-no-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(infra|test)/|^node_modules/(aws-cdk-lib|constructs|jest|@jest)/' },
    },
    {
      name: 'infra-sees-only-the-environment-schemas',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^src/', pathNot: '^src/handlers/.+\\.env\\.ts$' },
    },
    {
      name: 'local-run-starts-from-the-template',
      comment: 'The template is the truth: the local run reads what would be deployed.',
      severity: 'error',
      from: { path: '^infra/local/' },
      to: { path: '^(src|infra/(constructs|stacks|config|app))' },
    },
    {
      name: 'constructs-know-no-local-run',
      severity: 'error',
      from: { path: '^infra/(constructs|stacks|config|app)' },
      to: { path: '^infra/local/' },
    },
    {
      name: 'development-only-licences-stay-out-of-the-product',
      comment: 'iam-simulate is AGPL: development only, never shipped.',
      severity: 'error',
      from: { path: '^(src|infra/(constructs|stacks|config|app))' },
      to: { path: '^node_modules/@cloud-copilot/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
