import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * What browsers are told with every answer: run and show nothing but what this server sends as files, tell nobody where
 * one came from, be in nobody's frame. No script or style within a page, none from elsewhere.
 */
export function securityHeaders({ hsts }: { hsts: boolean }): RequestHandler[] {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: hsts ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: true,
  });
  return [headers, notStored];
}

/** Reports are about children: no cache keeps them. Files of pages, which say nothing of anybody, set their own header. */
const notStored: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};
