import { Product } from "@tillsight/contracts";
import { z } from "zod";
import { AuditQuery } from "../../catalog/audit.js";
import { Override } from "../../catalog/override.js";
import { Rollback, RollbackReport } from "../../catalog/rollback/report.js";
import { Store } from "../../catalog/stores.js";
import { kindNames } from "../../catalog/transfer/kinds.js";
import { detailSchemas } from "../details.js";
import { transferSchemas } from "../imports.js";
import { NewestQuery } from "../paging.js";
import { productSchemas } from "../products.js";
import { rollbackSchemas } from "../rollback.js";
import { storeSchemas } from "../stores.js";
import { At, Change, pageOf, type RouteDocs } from "./route-doc.js";

const LineError = z.strictObject({ line: z.int(), field: z.string(), message: z.string() });
const ImportReport = z.strictObject({
  ...{ id: z.uuid(), kind: z.enum(kindNames), file: z.string(), actor: z.string() },
  state: z.enum(["reading", "applying", "done", "checked", "refused", "failed"]),
  ...{ lines: z.int(), applied: z.int(), created: z.int(), changed: z.int(), unchanged: z.int() },
  ...{ removed: z.int(), errorCount: z.int(), errors: z.array(LineError), failure: z.string().nullable() },
  ...{ lsn: z.int().nullable(), startedAt: At, finishedAt: At.nullable() },
});
const Entry = z.strictObject({
  ...{ lsn: z.int(), at: At, actor: z.string(), source: z.string().nullable() },
  ...{ kind: z.enum(["product", "reference", "override"]), key: z.string(), sku: z.string() },
  ...{ store: z.string().nullable(), before: z.unknown(), after: z.unknown() },
});
const Reference = z.strictObject({ id: z.string(), picture: z.string().nullable() });
const Detail = z.strictObject({
  ...{ key: z.string(), product: Product, lsn: z.int(), changedAt: At.nullable() },
  ...{ changedBy: z.string().nullable(), references: z.int(), picture: z.string().nullable() },
  overrides: z.record(z.string(), Override),
});
const Heads = z.strictObject({
  lsn: z.int(),
  stores: z.record(z.string(), z.strictObject({ lsn: z.int(), scannedLsn: z.int() })),
});
const Own = z.strictObject({ override: Override.nullable(), product: Product.nullable() });
const { Params, Query, ProductBody, PriceBody } = productSchemas;
const { StoreParams, OwnParams, StoreBody } = storeSchemas;
const files = ["text/csv", "application/x-ndjson"] as const;

export const catalogDocs: RouteDocs = {
  "GET /api/products": {
    summary: "Search the catalog, or page through it",
    query: Query,
    answer: pageOf("products", Product).extend({ similar: z.boolean(), more: z.boolean() }),
  },
  "GET /api/products/:sku": { summary: "One product", params: Params, answer: Product },
  "PUT /api/products/:sku": {
    summary: "Make or change a product",
    ...{ params: Params, body: ProductBody, guarded: true, answer: Change.extend({ product: Product }) },
  },
  "PUT /api/products/:sku/price": {
    summary: "Another price",
    ...{ params: Params, body: PriceBody, guarded: true },
    answer: Change.extend({ sku: Product.shape.sku, price: Product.shape.price }),
  },
  "DELETE /api/products/:sku": {
    summary: "Remove a product; its references and overrides go with it",
    ...{ params: Params, guarded: true, answer: Change },
  },
  "GET /api/products/:sku/references": {
    summary: "Pictures that lanes know a product by",
    ...{ params: Params, answer: z.strictObject({ references: z.array(Reference) }) },
  },
  "DELETE /api/products/:sku/references/:id": {
    summary: "Have lanes know a product no more by a picture",
    ...{ params: detailSchemas.ReferenceParams, answer: Change },
  },
  "GET /api/product-details": {
    summary: "All that a page shows of up to 200 products, by SKU or barcode",
    ...{ query: detailSchemas.Keys, answer: z.strictObject({ details: z.array(Detail) }) },
  },
  "GET /api/heads": { summary: "The newest LSN, and how far each store was told", answer: Heads },
  "GET /api/stores": { summary: "The chain's stores", answer: z.strictObject({ stores: z.array(Store) }) },
  "PUT /api/stores/:store": {
    summary: "Make or rename a store",
    ...{ params: StoreParams, body: StoreBody, bodyRequired: false, answer: Store },
  },
  "GET /api/stores/:store/products/:sku": {
    summary: "What a store does otherwise, and the product as it sells it",
    ...{ params: OwnParams, answer: Own },
  },
  "PUT /api/stores/:store/products/:sku": {
    summary: "Have a store do otherwise",
    ...{ params: OwnParams, body: Override, guarded: true, answer: Change.extend(Own.shape) },
  },
  "DELETE /api/stores/:store/products/:sku": {
    summary: "Have a store do as the chain does",
    ...{ params: OwnParams, guarded: true, answer: Change },
  },
  "GET /api/changes": {
    summary: "Who changed what in the catalog, newest first",
    ...{ query: AuditQuery, answer: pageOf("changes", Entry) },
  },
  "GET /api/rollback": {
    summary: "What going back to an LSN would change; nothing is changed",
    ...{ query: rollbackSchemas.Preview, answer: RollbackReport },
  },
  "POST /api/rollback": {
    summary: "Make the catalog what it was at an LSN, by new changes",
    ...{ body: rollbackSchemas.Body, status: 201, answer: Rollback },
  },
  "GET /api/rollbacks": {
    summary: "Who took the catalog back, and why, newest first",
    ...{ query: rollbackSchemas.List, answer: pageOf("rollbacks", Rollback) },
  },
  "POST /api/imports": {
    summary: "Import a file, all of it or nothing; 422 names the wrong lines",
    ...{ query: transferSchemas.ImportQuery, body: files, answer: ImportReport },
  },
  "GET /api/imports": {
    summary: "The newest imports",
    ...{ query: NewestQuery, answer: pageOf("imports", ImportReport) },
  },
  "GET /api/imports/:id": {
    summary: "One import, also while it runs",
    ...{ params: transferSchemas.Id, answer: ImportReport },
  },
  "GET /api/imports/:id/errors": {
    summary: "Every wrong line",
    ...{ params: transferSchemas.Id, query: transferSchemas.Page, answer: pageOf("errors", LineError) },
  },
  "GET /api/export": {
    summary: "The catalog as a file",
    ...{ query: transferSchemas.ExportQuery, answer: files },
  },
};
