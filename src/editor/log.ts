/** What the extension tells of itself, and of its own bugs. */
import type * as vscode from 'vscode';

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** A bug of ours: written once for each place, with the way to report it. Never thrown into the host. */
  bug(place: string, error: unknown): void;
  show(): void;
}

export class ChannelLog implements Log {
  private readonly reported = new Set<string>();

  constructor(
    private readonly channel: vscode.LogOutputChannel,
    private readonly version: string,
  ) {}

  info(text: string): void {
    this.channel.info(text);
  }

  warn(text: string): void {
    this.channel.warn(text);
  }

  error(text: string): void {
    this.channel.error(text);
  }

  bug(place: string, error: unknown): void {
    if (this.reported.has(place)) return;
    this.reported.add(place);
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.channel.error(
      `A bug in Matmul Lens ${this.version} at ${place}. Please report it with this text and, where you can, ` +
        `the file: run the command "Help: Report Issue..." and choose Matmul Lens.\n${trace}`,
    );
  }

  show(): void {
    this.channel.show(true);
  }
}
