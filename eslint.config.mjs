// Types and style, and the walls between layers: each folder lists what it may not import.
import tseslint from 'typescript-eslint';

const node = {
  group: ['node:*', 'fs', 'path', 'os', 'child_process', 'worker_threads'],
  message: 'only src/desktop and src/cli use Node',
};
const vscode = { group: ['vscode'], message: 'only src/editor and src/desktop speak to VS Code' };
const layer = (...names) => ({
  group: names.flatMap((name) => [`**/${name}/**`, `**/${name}`]),
  message: 'this layer knows only what is to its left: see CONTRIBUTING.md',
});
const trees = {
  group: ['web-tree-sitter', '**/syntax/parser', '**/syntax/treeCache'],
  message: 'only syntax and lower see trees',
};
const wall = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const outside = ['editor', 'desktop', 'web', 'webview', 'cli'];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'out', '.venv', '.cache', 'test/fixtures'] },
  ...tseslint.configs.recommendedTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['*.mjs', 'scripts/*.mjs'],
          maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: 24,
        },
      },
    },
  },
  {
    rules: {
      'max-lines': ['error', 400],
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // valibot's idiom: one name for a schema and for the type that it infers.
      '@typescript-eslint/no-redeclare': 'off',
      // Module-level mutable state.
      'no-restricted-syntax': [
        'error',
        { selector: 'Program > VariableDeclaration[kind="let"]', message: 'no module-level mutable state' },
        {
          selector: 'Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
          message: 'no module-level mutable state',
        },
      ],
    },
  },
  wall(['src/protocol/**'], [node, vscode, layer('core', ...outside)]),
  wall(['src/core/**'], [node, vscode, layer(...outside)]),
  wall(
    ['src/core/link/**', 'src/core/infer/**', 'src/core/rules/**', 'src/core/translate/**', 'src/core/request/**'],
    [node, vscode, trees, layer(...outside)],
  ),
  wall(
    ['src/core/rules/mm*.ts'],
    [node, vscode, trees, layer(...outside), { group: ['./mm*'], message: 'rules do not know each other' }],
  ),
  wall(['src/editor/**'], [node, layer('desktop', 'web', 'webview', 'cli')]),
  wall(['src/desktop/**'], [layer('web', 'webview', 'cli')]),
  wall(
    ['src/desktop/runner/**', 'src/desktop/python/**', 'src/desktop/files/**'],
    [vscode, layer('editor', 'web', 'webview', 'cli')],
  ),
  wall(['src/webview/**'], [node, vscode, layer('core', 'editor', 'desktop', 'web', 'cli')]),
  wall(['src/cli/**'], [vscode, layer('editor', 'web', 'webview')]),
  {
    // Core's parts in their order: each knows only what is to its left.
    files: ['src/core/**'],
    rules: { 'no-restricted-globals': ['error', 'process', 'Buffer', 'document', 'window', 'setTimeout', 'fetch'] },
  },
  { files: ['src/cli/**', 'scripts/**', '*.mjs', 'test/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: ['describe', 'it', 'test', 'suite'] },
      ],
    },
  },
);
