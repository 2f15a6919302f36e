// SPDX-License-Identifier: Apache-2.0
// Files that somebody kept as backups: first the bench is asked what each is and whose, then a person
// says which are kept. Both go file by file, and what fails stops no other.
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  DumpService,
  type ImportDumpResponse,
  ImportDumpResponseSchema,
} from '$gen/firmbench/v1/dump_service_pb';
import { client } from '$lib/api/transport';
import { troubleOf, type Trouble } from '$lib/api/trouble';
import { bytesOf, type Found, type FoundFile } from '$lib/files/dropped';
import { sha256Hex } from '$lib/files/sha256';
import { LARGEST_FILE_BYTES, uploadBytes } from '$lib/files/upload';
import { t } from '$lib/text';
import { bytes as sizeText } from '$lib/text/format';

// What a person says of a file beyond what its bytes say.
export interface Said {
  // "units/ID"; empty to let the bytes decide.
  unit: string;
  // "eeprom", "chip", or empty.
  kind: string;
}

export class ImportRow {
  readonly found: FoundFile;
  answer = $state.raw<ImportDumpResponse>();
  trouble = $state.raw<Trouble>();
  said = $state<Said>({ unit: '', kind: '' });
  taken = $state(true);
  // True once it was really imported.
  done = $state(false);

  constructor(found: FoundFile) {
    this.found = found;
  }

  get path(): string {
    const { folder, name } = this.found;
    return folder === '' ? name : `${folder}/${name}`;
  }

  // Whether something would be kept.
  get isNews(): boolean {
    return this.answer?.action === 'stored' || this.answer?.action === 'name_added';
  }
}

const LONGEST_FOLDER_BYTES = 4096;
// The name that the bench knows an upload by: the file's own goes with ImportDump.
const UPLOAD_NAME = 'import';

// What is said of a file without asking the bench; undefined for one that has to be read.
function saidByLook({ file, name, readable }: FoundFile): ImportDumpResponse | undefined {
  const not = (kind: string, text: string) =>
    create(ImportDumpResponseSchema, {
      fileName: name, kind, text, action: 'not_imported', sizeBytes: BigInt(file.size), validateOnly: true,
    });
  if (!readable) return not('unreadable', t.files.unreadable);
  if (file.size === 0) return not('empty', t.dumps.emptyFile);
  if (file.size > LARGEST_FILE_BYTES) return not('too_large', t.dumps.tooLarge(sizeText(file.size)));
  return undefined;
}

async function ask(row: ImportRow, validateOnly: boolean): Promise<ImportDumpResponse> {
  const { file, name, folder } = row.found;
  const bytes = await bytesOf(row.found);
  const [sha256, upload] = [await sha256Hex(bytes), await uploadBytes(UPLOAD_NAME, bytes)];
  return client(DumpService).importDump({
    upload,
    sha256,
    fileName: name,
    folder: new TextEncoder().encode(folder).length <= LONGEST_FOLDER_BYTES ? folder : '',
    modifiedTime: timestampFromMs(file.lastModified),
    unit: row.said.unit,
    kind: row.said.kind,
    validateOnly,
  });
}

// Keeps a file as what a bare chip shall hold, whatever it is.
export async function keepForChip(found: FoundFile): Promise<ImportDumpResponse> {
  const row = new ImportRow(found);
  row.said.kind = 'chip';
  return saidByLook(found) ?? ask(row, false);
}

export class Importer {
  rows = $state.raw<readonly ImportRow[]>([]);
  truncated = $state(false);
  // How many of how many files were looked at or imported; undefined when nothing runs.
  progress = $state.raw<{ done: number; of: number }>();

  readonly news: readonly ImportRow[] = $derived(this.rows.filter((row) => !row.done && row.isNews && row.taken));
  readonly finished: boolean = $derived(this.rows.some((row) => row.done));

  async take(found: Found): Promise<void> {
    const rows = found.files.map((file) => new ImportRow(file));
    this.rows = [...this.rows, ...rows];
    this.truncated ||= found.truncated;
    await this.#each(rows, (row) => this.look(row));
  }

  // Asks what the file is and whose, with what a person says of it by now.
  async look(row: ImportRow): Promise<void> {
    row.trouble = undefined;
    const seen = saidByLook(row.found);
    try {
      row.answer = seen ?? (await ask(row, true));
    } catch (error) {
      row.trouble = troubleOf(error);
    }
  }

  async importAll(): Promise<void> {
    await this.#each(this.news, async (row) => {
      try {
        row.answer = await ask(row, false);
        row.trouble = undefined;
        row.done = true;
      } catch (error) {
        row.trouble = troubleOf(error);
      }
    });
  }

  clear(): void {
    this.rows = [];
    this.truncated = false;
  }

  async #each(rows: readonly ImportRow[], act: (row: ImportRow) => Promise<void>): Promise<void> {
    for (const [index, row] of rows.entries()) {
      this.progress = { done: index, of: rows.length };
      await act(row);
    }
    this.progress = undefined;
  }
}
