/** Who may import whom. Every rule is a sentence and says why. @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'shared-imports-nothing-from-the-parts',
      severity: 'error',
      comment:
        'shared is the language the parts speak; it cannot depend on a speaker. Its tests may run the conformance suites.',
      from: { path: '^shared/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(services|workers|clients|scripts|bench|test)/' },
    },
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      comment: 'Each service is deployed alone; only services/embedded composes them.',
      from: { path: '^services/([^/]+)/', pathNot: '^services/embedded/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-see-only-the-catalog-of-workers',
      severity: 'error',
      comment: 'No native code (sharp, ffmpeg, pdfkit) may load in a service.',
      from: { path: '^services/', pathNot: '^services/embedded/' },
      to: { path: '^workers/', pathNot: '^workers/(catalog|kind)\\.ts$', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'catalog-reaches-processors-by-dynamic-import-only',
      severity: 'error',
      comment: 'The api imports the catalog and must not load sharp.',
      from: { path: '^workers/catalog\\.ts$' },
      to: { path: '^workers/[^/]+/(?!contract\\.ts$)', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'contracts-load-no-native-code',
      severity: 'error',
      comment: 'Contracts are read by the api.',
      from: { path: '^workers/[^/]+/contract\\.ts$' },
      to: { path: 'node_modules/(sharp|pdfkit|fluent-ffmpeg)/' },
    },
    {
      name: 'a-kind-imports-neither-another-kind-nor-the-runner',
      severity: 'error',
      comment: 'A kind is one folder that can be deleted.',
      from: { path: '^workers/([^/]+)/', pathNot: '^workers/(runner|media|step)/' },
      to: { path: '^workers/([^/]+)/', pathNot: '^workers/($1|media)/' },
    },
    {
      name: 'workers-never-import-the-ledger',
      severity: 'error',
      comment: 'A worker knows the broker and the store, nothing else.',
      from: { path: '^workers/' },
      to: { path: '^shared/ledger/' },
    },
    {
      name: 'main-is-imported-by-nobody',
      severity: 'error',
      comment: 'Importing a main would start a program.',
      from: {},
      to: { path: '(^|/)main\\.ts$' },
    },
    {
      name: 'production-never-imports-tests',
      severity: 'error',
      comment: 'Tests are not shipped.',
      from: { path: '^(services|workers|shared|scripts)/', pathNot: '\\.test\\.ts$' },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no top to read from.',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
