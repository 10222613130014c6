import type { Browser, Page } from './node_modules/playwright-core';

export interface ServerOptions {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Every folder is trusted. When false, VS Code asks as it asks its users. */
  readonly trusted: boolean;
  /** Settings of user and machine, over a set that keeps the workbench quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders of extensions that are installed where they lie. Not together with `packages`. */
  readonly linked?: readonly string[];
  /** Packaged extensions (.vsix) to install. */
  readonly packages?: readonly string[];
  /** Lets a page name development extensions and extension tests. The workbench then hides notifications. */
  readonly automation?: boolean;
  /** Added to the environment that the extension host inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the server keeps its state. When absent, a new folder that is removed with the server. */
  readonly dataFolder?: string;
}

/** What one page of the workbench shows; all paths absolute. */
export interface View {
  readonly folder: string;
  readonly file?: string;
  /** Folders of extensions under development; for a server with `automation`. */
  readonly development?: readonly string[];
  /** Module, without its file's ending, whose exported `run()` the extension host calls before it ends. */
  readonly tests?: string;
}

export interface Server {
  readonly port: number;
  readonly dataFolder: string;
  /** The end of what the server printed. */
  readonly log: () => string;
  /** Address of a page, its access token included. */
  readonly urlOf: (view: View) => string;
  /** Resolves once the server and everything in its process group has ended. */
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Starts a server that ends with this process, however this process ends. Throws with the server's output. */
export function startServer(options: ServerOptions): Promise<Server>;

export function serverFolder(root: string): string;
export function serverNode(root: string): string | null;

/** Path of an installed Chrome, Edge or Chromium; `MATMUL_LENS_BROWSER` wins. Null where there is none. */
export function findBrowser(environment?: NodeJS.ProcessEnv): string | null;

export interface BrowserOptions {
  readonly root: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly size?: { readonly width: number; readonly height: number };
}

/** Starts a headless browser (`MATMUL_LENS_HEADED=1` shows it) with no way to the network. */
export function openBrowser(options: BrowserOptions): Promise<{ browser: Browser; page: Page }>;

/** The settings by which the extension takes this interpreter; none where it is undefined. */
export function interpreterSettings(python: string | undefined): Readonly<Record<string, unknown>>;
