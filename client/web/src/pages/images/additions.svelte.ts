// SPDX-License-Identifier: Apache-2.0
// Files on their way into the library, one after the other, each with what came of it.
import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '$gen/firmbench/v1/errors_pb';
import { type Image, ImageService } from '$gen/firmbench/v1/image_service_pb';
import { client } from '$lib/api/transport';
import { troubleOf, type Trouble } from '$lib/api/trouble';
import { bytesOf, type FoundFile } from '$lib/files/dropped';
import { sha256Hex } from '$lib/files/sha256';
import { LARGEST_FILE_BYTES, uploadBytes } from '$lib/files/upload';
import { t } from '$lib/text';
import { bytes as sizeText } from '$lib/text/format';

export class Addition {
  readonly found: FoundFile;
  image = $state.raw<Image>();
  trouble = $state.raw<Trouble>();
  // Of an updater that holds several firmwares: which.
  revisions = $state.raw<readonly string[]>([]);
  // The upload that waits for a choice among them.
  upload = '';

  constructor(found: FoundFile) {
    this.found = found;
  }
}

// The firmwares that the updater holds, when that is why it was refused.
function revisionsOf(error: unknown): string[] {
  if (!(error instanceof ConnectError) || error.code === Code.Unavailable) return [];
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info?.reason !== 'CONTAINER_HOLDS_SEVERAL') return [];
  return (info.metadata['revisions'] ?? '').split(/[,\s]+/).filter(Boolean);
}

export class Additions {
  list = $state.raw<readonly Addition[]>([]);
  busy = $state(false);
  readonly #onadded: () => void;

  constructor(onadded: () => void) {
    this.#onadded = onadded;
  }

  async add(files: readonly FoundFile[]): Promise<void> {
    this.busy = true;
    this.list = files.map((file) => new Addition(file));
    for (const addition of this.list) await this.#send(addition);
    this.busy = false;
    this.#onadded();
  }

  async choose(addition: Addition, revision: string): Promise<void> {
    await this.#finish(addition, revision);
    this.#onadded();
  }

  async #send(addition: Addition): Promise<void> {
    const { file, name } = addition.found;
    try {
      if (file.size > LARGEST_FILE_BYTES) throw new Error(t.dumps.tooLarge(sizeText(file.size)));
      addition.upload = await uploadBytes(name, await bytesOf(addition.found));
    } catch (error) {
      addition.trouble = troubleOf(error);
      return;
    }
    await this.#finish(addition, '');
  }

  async #finish(addition: Addition, firmwareRevision: string): Promise<void> {
    try {
      const sha256 = await sha256Hex(await bytesOf(addition.found));
      addition.image = await client(ImageService).finishUpload({ name: addition.upload, sha256, firmwareRevision });
      addition.trouble = undefined;
      addition.revisions = [];
    } catch (error) {
      addition.revisions = revisionsOf(error);
      addition.trouble = troubleOf(error);
    }
  }
}
