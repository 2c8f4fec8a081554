/** 130 bytes of log line, the size that the ingest figures are given for. */
export const CONTENT_130: string =
  '192.0.2.17 - - [22/Nov/2026:06:25:24 +0000] "GET /api/v1/items/4711?fields=name,price HTTP/1.1" 200 5316 "-" "curl/8.5.0" 0.0123 ok'
    .slice(0, 130);
