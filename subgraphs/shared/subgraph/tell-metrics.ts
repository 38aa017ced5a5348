import type { RequestHandler } from 'express';
import { everyFigure, metrics } from '../metrics';

/** GET /metrics: this process's figures, as Prometheus reads them. They hold nothing of a tenant. */
export const tellMetrics: RequestHandler = async (_request, response) => {
  response.setHeader('content-type', metrics.contentType);
  response.end(await everyFigure());
};
