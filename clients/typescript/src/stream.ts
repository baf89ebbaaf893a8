import type { components } from './schema.js';

/** One event of the live progress. */
export type StreamEvent =
  | { event: 'step'; id: string; data: components['schemas']['StepEventBody'] }
  | { event: 'session'; data: components['schemas']['SessionEventBody'] };

export interface StreamOptions {
  /** The last id that was seen: missed events come first. */
  lastEventId?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
}

const path = '/api/onboarding/events';

/**
 * Yields the events of the live progress. It reconnects after the time that the server
 * asks for and continues after the last event. It throws when the server refuses, for
 * example because the token is not accepted.
 */
export async function* streamEvents(
  baseUrl: string,
  send: (request: Request) => Promise<Response>,
  { lastEventId, signal }: StreamOptions = {},
): AsyncGenerator<StreamEvent> {
  const position = { id: lastEventId ?? '', retry: 1000 };
  while (!signal?.aborted) {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (position.id !== '') {
      headers['Last-Event-ID'] = position.id;
    }
    try {
      const response = await send(new Request(baseUrl + path, { headers, signal: signal ?? null }));
      if (response.status < 500 && !response.ok) {
        throw new StreamRefused(response.status);
      }
      if (response.ok && response.body !== null) {
        yield* read(response.body, position);
      }
    } catch (error) {
      if (signal?.aborted) {
        return;
      }
      if (error instanceof StreamRefused) {
        throw error;
      }
    }
    await pause(position.retry, signal);
  }
}

/** The server does not open a stream for this client. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused';
  constructor(readonly status: number) {
    super(`The server refused the stream: ${status}.`);
  }
}

/** Reads server-sent events but for heartbeats and remembers the last position. */
async function* read(body: ReadableStream<Uint8Array>, position: { id: string; retry: number }): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      text += decoder.decode(chunk.value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block, position);
        if (event !== undefined) {
          yield event;
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string, position: { id: string; retry: number }): StreamEvent | undefined {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
    }
  }
  position.id = fields['id'] ?? position.id;
  position.retry = Number(fields['retry'] ?? position.retry);
  if (fields['event'] === undefined || fields['event'] === 'heartbeat' || fields['data'] === undefined) {
    return undefined;
  }
  return { event: fields['event'], id: fields['id'], data: JSON.parse(fields['data']) } as StreamEvent;
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
