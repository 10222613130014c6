/** tree-sitter queries are bundled as text. */
declare module '*.scm' {
  const query: string;
  export default query;
}
