/**
 * The lowered form of Python code: what inference, rules and translation work on. Each construct of the
 * language is understood once, in this folder. All nodes are plain data. `start` and `end` are UTF-16
 * offsets from the beginning of the body (a function, or a file's top level), so that a body that has not
 * changed stays the same wherever an edit moves it.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expr =
  | NameExpr
  | AttributeExpr
  | CallExpr
  | SubscriptExpr
  | BinaryExpr
  | UnaryExpr
  | BooleanExpr
  | CompareExpr
  | ConditionalExpr
  | SequenceExpr
  | DictExpr
  | ComprehensionExpr
  | LambdaExpr
  | NumberExpr
  | StringExpr
  | ConstantExpr
  | StarredExpr
  | SliceExpr
  | WalrusExpr
  | AwaitExpr
  | OpaqueExpr;

export interface NameExpr extends Span {
  readonly kind: 'name';
  readonly name: string;
}
export interface AttributeExpr extends Span {
  readonly kind: 'attribute';
  readonly object: Expr;
  readonly name: string;
}
export interface Argument {
  /** Null for a positional argument; `*` and `**` for unpacked ones. */
  readonly name: string | null;
  readonly value: Expr;
}
export interface CallExpr extends Span {
  readonly kind: 'call';
  readonly callee: Expr;
  readonly args: readonly Argument[];
}
export interface SubscriptExpr extends Span {
  readonly kind: 'subscript';
  readonly object: Expr;
  /** The parts between the brackets, separated by commas. */
  readonly index: readonly Expr[];
}
export interface BinaryExpr extends Span {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expr;
  readonly right: Expr;
}
export interface UnaryExpr extends Span {
  readonly kind: 'unary';
  /** `-`, `+`, `~` or `not` */
  readonly operator: string;
  readonly operand: Expr;
}
export interface BooleanExpr extends Span {
  readonly kind: 'boolean';
  readonly operator: 'and' | 'or';
  readonly left: Expr;
  readonly right: Expr;
}
export interface CompareExpr extends Span {
  readonly kind: 'compare';
  readonly operators: readonly string[];
  readonly operands: readonly Expr[];
}
export interface ConditionalExpr extends Span {
  readonly kind: 'conditional';
  readonly test: Expr;
  readonly body: Expr;
  readonly orelse: Expr;
}
export interface SequenceExpr extends Span {
  readonly kind: 'tuple' | 'list' | 'set';
  readonly items: readonly Expr[];
}
export interface DictExpr extends Span {
  readonly kind: 'dict';
  /** A null key unpacks a mapping. */
  readonly entries: readonly { readonly key: Expr | null; readonly value: Expr }[];
}
export interface ComprehensionExpr extends Span {
  readonly kind: 'comprehension';
  readonly form: 'list' | 'set' | 'generator' | 'dict';
  readonly element: Expr;
  /** The value of a dict comprehension, whose key is `element`. */
  readonly value: Expr | null;
  readonly clauses: readonly Clause[];
}
export type Clause =
  | { readonly kind: 'for'; readonly target: Expr; readonly iterable: Expr }
  | { readonly kind: 'if'; readonly test: Expr };
export interface LambdaExpr extends Span {
  readonly kind: 'lambda';
  readonly parameters: readonly Parameter[];
  readonly body: Expr;
}
export interface NumberExpr extends Span {
  readonly kind: 'number';
  readonly value: number;
  readonly integer: boolean;
}
export interface StringExpr extends Span {
  readonly kind: 'string';
  /** Null for bytes and for strings with replacement fields. */
  readonly value: string | null;
  /** The expressions in the replacement fields of an f-string. */
  readonly fields: readonly Expr[];
}
export interface ConstantExpr extends Span {
  readonly kind: 'constant';
  readonly value: 'None' | 'True' | 'False' | '...';
}
export interface StarredExpr extends Span {
  readonly kind: 'starred';
  readonly value: Expr;
}
export interface SliceExpr extends Span {
  readonly kind: 'slice';
  readonly lower: Expr | null;
  readonly upper: Expr | null;
  readonly step: Expr | null;
}
export interface WalrusExpr extends Span {
  readonly kind: 'walrus';
  readonly name: string;
  readonly value: Expr;
}
export interface AwaitExpr extends Span {
  readonly kind: 'await' | 'yield';
  readonly value: Expr | null;
}
/** Code that is broken, too deeply nested, or of a form that nobody asks about. */
export interface OpaqueExpr extends Span {
  readonly kind: 'opaque';
}

export interface Parameter extends Span {
  readonly name: string;
  /** `*` and `**` collect what is left. */
  readonly form: 'positional-only' | 'positional' | 'keyword-only' | '*' | '**';
  readonly annotation: Expr | null;
  readonly default: Expr | null;
}

export type Stmt =
  | AssignStmt
  | AugmentStmt
  | ExprStmt
  | ReturnStmt
  | IfStmt
  | ForStmt
  | WhileStmt
  | WithStmt
  | TryStmt
  | MatchStmt
  | DeleteStmt
  | ScopeStmt
  | DefStmt
  | ClassStmt
  | ImportStmt
  | RaiseStmt
  | SimpleStmt;

export interface AssignStmt extends Span {
  readonly kind: 'assign';
  /** More than one for `a = b = value`. */
  readonly targets: readonly Expr[];
  readonly annotation: Expr | null;
  /** Null for a bare annotation. */
  readonly value: Expr | null;
}
export interface AugmentStmt extends Span {
  readonly kind: 'augment';
  readonly target: Expr;
  /** Without the equals sign: `+`, `@`. */
  readonly operator: string;
  readonly value: Expr;
}
export interface ExprStmt extends Span {
  readonly kind: 'expr';
  readonly value: Expr;
}
export interface ReturnStmt extends Span {
  readonly kind: 'return';
  readonly value: Expr | null;
}
export interface IfStmt extends Span {
  readonly kind: 'if';
  readonly test: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface ForStmt extends Span {
  readonly kind: 'for';
  readonly target: Expr;
  readonly iterable: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface WhileStmt extends Span {
  readonly kind: 'while';
  readonly test: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface WithStmt extends Span {
  readonly kind: 'with';
  readonly items: readonly { readonly context: Expr; readonly target: Expr | null }[];
  readonly body: readonly Stmt[];
}
export interface TryStmt extends Span {
  readonly kind: 'try';
  readonly body: readonly Stmt[];
  readonly handlers: readonly { readonly name: string | null; readonly body: readonly Stmt[] }[];
  readonly orelse: readonly Stmt[];
  readonly final: readonly Stmt[];
}
export interface MatchStmt extends Span {
  readonly kind: 'match';
  readonly subject: Expr;
  readonly cases: readonly { readonly names: readonly string[]; readonly body: readonly Stmt[] }[];
}
export interface DeleteStmt extends Span {
  readonly kind: 'delete';
  readonly targets: readonly Expr[];
}
export interface ScopeStmt extends Span {
  readonly kind: 'global' | 'nonlocal';
  readonly names: readonly string[];
}
export interface DefStmt extends Span {
  readonly kind: 'def';
  /** Where its body begins; what stands before it is all that its surroundings depend on. */
  readonly bodyStart: number;
  readonly name: string;
  readonly async: boolean;
  readonly decorators: readonly Expr[];
  readonly parameters: readonly Parameter[];
  readonly body: readonly Stmt[];
}
export interface ClassStmt extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly decorators: readonly Expr[];
  readonly bases: readonly Argument[];
  readonly body: readonly Stmt[];
}
export interface ImportStmt extends Span {
  readonly kind: 'import';
  readonly imports: readonly Import[];
}
export interface RaiseStmt extends Span {
  readonly kind: 'raise' | 'assert';
  readonly values: readonly Expr[];
}
export interface SimpleStmt extends Span {
  readonly kind: 'pass' | 'break' | 'continue' | 'opaque';
}

/** One name that an import statement binds. */
export interface Import extends Span {
  /** The module's dotted name without its leading dots. */
  readonly module: string;
  /** Leading dots of a relative import. */
  readonly level: number;
  /** The name taken from the module; `*` for all; null for `import module`. */
  readonly name: string | null;
  /** What is bound here. `import a.b` binds `a`. */
  readonly bound: string;
  readonly aliased: boolean;
}
