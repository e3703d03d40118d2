import { longestRecord } from './lines.ts';

/** A record of a CSV file, or its fault, with the line where it begins. */
type CsvRecord = { readonly line: number; readonly fields: readonly string[] } | CsvFault;

export interface CsvFault {
  readonly line: number;
  /** The fault, as the continuation of "line n". */
  readonly fault: string;
  /** Whether nothing after it can be read. */
  readonly isLast: boolean;
}

/** Cuts CSV text into records. */
export interface CsvCutter {
  /** Returns the records that end within the next piece. */
  take(piece: string): readonly CsvRecord[];
  /** Returns the rest, at the end of the data. */
  end(): readonly CsvRecord[];
}

const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];

/**
 * The state at the next character. `closing` follows a quote within quotes, which closes them or is doubled.
 */
type Place = 'field' | 'plain' | 'quoted' | 'closing' | 'closed' | 'stray' | 'comment' | 'over';

const reasons = {
  stray: 'a quote stands within a field that does not begin with one',
  behind: 'a quoted field has characters after its closing quote; a quote within one is written twice',
  open: 'the file ends within a quoted field',
  returns: ": lines end with CR alone: make it LF, as tr '\\r' '\\n' does",
  long: `: the record is longer than ${longestRecord} characters; is a quote not closed?`,
};

/**
 * Fields may be in double quotes, with quotes doubled; lines end with LF or CRLF; empty lines are skipped.
 * Each character is read once, and at most one record is held: where the pieces end makes no difference.
 * @param comment begins the lines to skip.
 */
export function createCsvCutter(delimiter: string, comment?: string): CsvCutter {
  const [between, remark] = [delimiter.charCodeAt(0), comment?.charCodeAt(0)];
  let records: CsvRecord[] = [];
  let place: Place = 'field';
  /** The part of the record in earlier pieces. */
  let held = '';
  /** The current line and field, and the line where the record begins. */
  let [line, field, begun] = [1, 1, 1];
  let fault = '';
  let isHeader = true;
  let isReturn = false;

  /** Stops at a fault, or because the record is too long. */
  function stop(reason: string, length: number): void {
    records.push({ line: begun, fault: length > longestRecord ? reasons.long : reason, isLast: true });
    place = 'over';
    held = '';
  }

  const inField = (reason: string) => `, field ${field}: ${reason}`;

  function endRecord(text: string): void {
    if (text.length > longestRecord || (place === 'stray' && isHeader)) {
      stop(fault, text.length);
      return;
    }
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (place === 'stray') records.push({ line: begun, fault, isLast: false });
    else if (whole !== '') {
      records.push({ line: begun, fields: fieldsOf(whole, delimiter) });
      isHeader = false;
    }
    place = 'field';
    held = '';
    field = 1;
  }

  /** The next state, outside quotes and not at a line feed. */
  function next(code: number, isFirst: boolean): Place {
    if (place === 'comment' || place === 'stray') return place;
    if (place === 'field' && isFirst && code === remark) return 'comment';
    if (code === between && place !== 'closed') {
      field++;
      return 'field';
    }
    if (place === 'closing' || place === 'closed') {
      if (code === quote && place === 'closing') return 'quoted';
      return code === carriageReturn && place === 'closing' ? 'closed' : 'over';
    }
    if (code !== quote) return 'plain';
    if (place === 'field') return 'quoted';
    fault = inField(reasons.stray);
    return 'stray';
  }

  function settled(): readonly CsvRecord[] {
    const own = records;
    records = [];
    return own;
  }

  return {
    take(piece) {
      let start = 0;
      for (let at = 0; at < piece.length && place !== 'over'; at++) {
        const code = piece.charCodeAt(at);
        if (code === lineFeed) line++;
        if (place === 'quoted') {
          if (code === quote) place = 'closing';
        } else if (code === lineFeed) {
          if (place === 'comment') place = 'field';
          else endRecord(held + piece.slice(start, at));
          start = at + 1;
          begun = line;
          isReturn = false;
        } else if (isHeader && isReturn && code !== carriageReturn)
          stop(reasons.returns, held.length + at - start);
        else {
          isReturn = code === carriageReturn;
          if (place === 'plain' && code !== between && code !== quote) continue;
          place = next(code, at === start && held === '');
          if (place === 'over') stop(inField(reasons.behind), held.length + at - start);
        }
      }
      if (place !== 'over' && place !== 'comment') held += piece.slice(start);
      if (held.length > longestRecord) stop('', held.length);
      return settled();
    },
    end() {
      if (place === 'quoted') stop(inField(reasons.open), held.length);
      else if (place !== 'over' && place !== 'comment') endRecord(held);
      return settled();
    },
  };
}

/** The fields of a faultless record. */
function fieldsOf(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    let end = record.indexOf(delimiter, at);
    if (end < 0) end = record.length;
    if (record[at] === '"') {
      end = at + 1;
      while (record[end] !== '"' || record[end + 1] === '"') end += record[end] === '"' ? 2 : 1;
      fields.push(record.slice(at + 1, end).replaceAll('""', '"'));
      end++;
    } else fields.push(record.slice(at, end));
    if (end >= record.length) return fields;
    at = end;
  }
}
