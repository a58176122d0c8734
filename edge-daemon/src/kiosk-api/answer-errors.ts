import type { Socket } from "node:net";
import { TillsightError } from "@tillsight/contracts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../observe/logger.js";

/** Every error of the API, whatever went wrong. */
interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

const notFit = (message: string): ErrorAnswer => ({
  ...{ code: "BAD_REQUEST", message },
  fix: "Correct the request; docs/kiosk-api.md says what there is.",
});

/** Ours as it is; of what is not ours on purpose only what concerns the request, and nothing of a fault inside. */
function answerOf(error: unknown, status: number): ErrorAnswer {
  if (error instanceof TillsightError) return { code: error.code, message: error.message, fix: error.fix };
  if (status >= 500)
    return { code: "INTERNAL", message: "that did not work", fix: "The reason is in the lane's log." };
  return notFit(error instanceof Error ? error.message : "the request does not fit");
}

export const answerError =
  (log: Logger) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const usual = error instanceof TillsightError ? 400 : (error.statusCode ?? 500);
    const status = reply.statusCode >= 400 ? reply.statusCode : usual;
    if (status >= 500) log.error("a kiosk request failed", { path: request.url, error: error.message });
    return reply.code(status).send(answerOf(error, status));
  };

export const answerNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(404).send({
    code: "NOT_FOUND",
    message: `there is nothing at ${request.method} ${request.url}`,
    fix: "See docs/kiosk-api.md for what there is.",
  });

/** `/ws` without a WebSocket: 426, so that whoever tries it with a browser learns what it is for. */
export const answerNoUpgrade = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(426).headers({ upgrade: "websocket", connection: "upgrade" }).send({
    code: "BAD_REQUEST",
    message: "/ws is a WebSocket",
    fix: "Open it as one, or get /api/lane for the same as JSON.",
  });

/** What is no HTTP: answered on the bare socket, which is then closed. */
export function answerNoHttp(_error: unknown, socket: Socket): void {
  if (socket.destroyed || !socket.writable) return void socket.destroy();
  const body = JSON.stringify(notFit("this is no HTTP request"));
  const head = [
    "HTTP/1.1 400 Bad Request",
    "connection: close",
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
