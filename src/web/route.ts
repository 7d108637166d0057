/** A request as handlers see it: read in full, within the route's limit. */
export type WebRequest = {
  /** `HEAD` is answered by the handler of `GET`. */
  method: string;
  path: string;
  /** Parts of the path named in the route, decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** Names in lower case; several of one name joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
  remoteAddress: string;
};

/** `Content-Length` and the security headers are added by the server. */
export type WebResponse = { status: number; headers?: Record<string, string>; body?: string | Buffer };

export type Route = {
  method: 'GET' | 'POST';
  /** `/u/:token`: each `:name` stands for one part of the path. */
  path: string;
  /** Of the body; a longer one is refused with 413. */
  maxBytes: number;
  /** How many requests one address may make; without it, the server's own rate. */
  rate?: Rate;
  /** A throw is logged once and answered with 500, without details. */
  handle(request: WebRequest): Promise<WebResponse>;
};

/** `burst` at once, then `perSecond`. */
export type Rate = { burst: number; perSecond: number };
