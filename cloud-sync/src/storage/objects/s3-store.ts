// The vendor's own client (Apache-2.0): it knows every way a machine gets its credentials.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { NotFoundError, ObjectStoreError } from "../../errors.js";
import { checkObjectId, type NewObject, type ObjectStore } from "./object-store.js";
import { s3Fix } from "./s3-fix.js";

export interface S3Options {
  readonly bucket: string;
  /** Put before each id; "" or ends with a slash. */
  readonly prefix: string;
  /** Of a server that is not Amazon's, such as `https://minio.example:9000`. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Left out: environment, profile or role of the machine, as the AWS tools do. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

const statusOf = (error: unknown): number =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;

/** Objects in a bucket of an S3-compatible server. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #o: S3Options;

  constructor(options: S3Options) {
    this.#o = options;
    const { endpoint, region, credentials } = options;
    this.#client = new S3Client({
      region,
      // Servers other than Amazon's rarely have a name for each bucket, and not all know the newest checksums.
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      ...{ requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" },
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  async put(id: string, { bytes, type }: NewObject): Promise<void> {
    const object = { ...this.#at(id), Body: bytes, ContentLength: bytes.length, ContentType: type };
    await this.#tell(`${id} cannot be stored`, () => this.#client.send(new PutObjectCommand(object)));
  }

  async get(id: string): Promise<Uint8Array> {
    const at = this.#at(id);
    return this.#tell(`${id} cannot be read`, async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(at)).catch((cause: unknown) => {
        if (statusOf(cause) !== 404) throw cause;
        throw new NotFoundError(`there is no object ${id}`, "It was removed, or never stored.", { cause });
      });
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    });
  }

  async has(id: string): Promise<boolean> {
    const at = this.#at(id);
    return this.#tell(`${id} cannot be looked up`, async () => {
      try {
        await this.#client.send(new HeadObjectCommand(at));
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw error;
      }
    });
  }

  async delete(id: string): Promise<void> {
    const at = this.#at(id);
    await this.#tell(`${id} cannot be removed`, () => this.#client.send(new DeleteObjectCommand(at)));
  }

  async *list(prefix: string): AsyncGenerator<string> {
    const { bucket, prefix: own } = this.#o;
    for (let token: string | undefined, more = true; more; ) {
      const page = await this.#tell("the bucket cannot be listed", () =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: own + prefix, ContinuationToken: token }),
        ),
      );
      yield* (page.Contents ?? []).map(({ Key = "" }) => Key.slice(own.length));
      token = page.NextContinuationToken;
      more = page.IsTruncated === true && token !== undefined;
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #at(id: string): { Bucket: string; Key: string } {
    return { Bucket: this.#o.bucket, Key: this.#o.prefix + checkObjectId(id) };
  }

  async #tell<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof NotFoundError) throw cause;
      const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new ObjectStoreError(`${what} in bucket ${this.#o.bucket} (${said})`, { cause }, s3Fix(cause));
    }
  }
}
