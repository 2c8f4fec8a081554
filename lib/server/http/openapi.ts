import { VERSION } from "../../base/version.ts";
import {
  type AnswerDoc,
  defineOperation,
  NONE_TAKEN,
  type Operation,
  type Route,
} from "./operation.ts";
import { answerJson } from "./json_answer.ts";
import type { JsonSchema } from "./json_schema.ts";
import type { Parameter, ParameterTable } from "./parameter.ts";
import { PROBLEM_TYPE } from "./problem.ts";

const PROBLEM_SCHEMA: JsonSchema = {
  type: "object",
  description: "RFC 9457. Some problems have more members.",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    parameter: { type: "string", description: "The parameter that is wrong." },
  },
  required: ["type", "title", "status", "detail"],
};

const EVENT_SCHEMA: JsonSchema = {
  type: "object",
  description: "An event; in a body a line each.",
  properties: {
    id: { type: "string" },
    timestamp: { type: "number", description: "Seconds since 1970." },
    source: { type: "string" },
    tags: { type: "array", items: { type: "string" } },
    content: { type: "string" },
    headers: { type: "array", items: { type: "string" } },
  },
};

/** Errors that any route can be answered with. */
const COMMON_ANSWERS: Readonly<Record<number, AnswerDoc>> = {
  403: { description: "The request comes from a web page of an origin that is not allowed." },
  405: { description: "The path does not take this method; `allow` says which it takes." },
  414: { description: "The address is too long." },
  500: { description: "The collector failed." },
};

/** `GET /openapi.json`: what is said of all routes, this one included. */
export function openApiOperation(routes: () => readonly Route[]): Operation {
  return defineOperation({
    id: "openapi",
    summary: "This document",
    parameters: {},
    answers: {
      200: { description: "An OpenAPI 3.1 document.", types: ["application/json"] },
      400: NONE_TAKEN,
    },
    answer: () => answerJson(describeApi(routes())),
  });
}

/** The OpenAPI document of routes. */
function describeApi(routes: readonly Route[]): JsonSchema {
  return {
    openapi: "3.1.0",
    info: {
      title: "Theia collector",
      version: VERSION,
      description:
        "Finds, counts, stores and deletes events. Every GET is answered to HEAD, too, " +
        "and every path to OPTIONS. Live events come by WebSocket, see docs/protocol.md.",
    },
    paths: Object.fromEntries(routes.map((route) => [route.path, describeRoute(route)])),
    components: { schemas: { Problem: PROBLEM_SCHEMA, Event: EVENT_SCHEMA } },
  };
}

function describeRoute({ methods, pathParameters = {} }: Route): JsonSchema {
  const inPath = Object.entries(pathParameters).map(([name, description]) => {
    return { name, in: "path", required: true, description, schema: { type: "string" } };
  });
  const operations = Object.entries(methods).map(([method, operation]) => [
    method.toLowerCase(),
    describeOperation(operation),
  ]);
  return {
    ...(inPath.length === 0 ? {} : { parameters: inPath }),
    ...Object.fromEntries(operations),
  };
}

function describeOperation(operation: Operation): JsonSchema {
  const { id, summary, description, parameters, bodyTypes, answers } = operation;
  const all = Object.entries({ ...COMMON_ANSWERS, ...answers });
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: describeParameters(parameters),
    ...(bodyTypes === undefined ? {} : { requestBody: { content: describeTypes(bodyTypes) } }),
    responses: Object.fromEntries(
      all.map(([status, doc]) => [status, describeAnswer(Number(status), doc)]),
    ),
  };
}

function describeParameters(table: ParameterTable): JsonSchema[] {
  return Object.entries(table).map(([name, parameter]: [string, Parameter]) => {
    const { description, schema, isRepeatable, example } = parameter;
    return {
      name,
      in: "query",
      description,
      ...(isRepeatable === true
        ? { schema: { type: "array", items: schema }, style: "form", explode: true }
        : { schema }),
      ...(example === undefined ? {} : { example: isRepeatable === true ? [example] : example }),
    };
  });
}

function describeAnswer(status: number, doc: AnswerDoc): JsonSchema {
  const { description, headers = {} } = doc;
  const isProblem = status >= 400 && doc.types === undefined;
  const problem = { $ref: "#/components/schemas/Problem" };
  const content = isProblem
    ? { [PROBLEM_TYPE]: { schema: problem } }
    : describeTypes(doc.types ?? [], doc.schema);
  const headerDocs = Object.entries(headers).map(([name, text]) => {
    return [name, { description: text, schema: { type: "string" } }];
  });
  return {
    description,
    ...(headerDocs.length === 0 ? {} : { headers: Object.fromEntries(headerDocs) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function describeTypes(types: readonly string[], schema?: JsonSchema): JsonSchema {
  const event = { $ref: "#/components/schemas/Event" };
  return Object.fromEntries(types.map((type) => {
    const isJson = type.includes("json");
    return [type, { schema: schema ?? (isJson ? event : { type: "string" }) }];
  }));
}
