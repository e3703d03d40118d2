import { longestRecord } from './lines.ts';

/** A record of a CSV file, or why there is none, with the line in which it begins. */
type CsvRecord = { readonly line: number; readonly fields: readonly string[] } | CsvFault;

export interface CsvFault {
  readonly line: number;
  /** What is wrong, to be read on behind the line. */
  readonly fault: string;
  /** Nothing can be read behind it. */
  readonly isLast: boolean;
}

/** Cuts text in CSV into records. */
export interface CsvCutter {
  /** The records that end within the next piece of the text. */
  take(piece: string): readonly CsvRecord[];
  /** What is left when nothing comes any more. */
  end(): readonly CsvRecord[];
}

const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];

/** Where the next character stands: `closing` is behind a quote within quotes, which closes them or is the first of two. */
type Place = 'field' | 'plain' | 'quoted' | 'closing' | 'closed' | 'stray' | 'comment' | 'over';

const reasons = {
  stray: 'a quote stands within a field that does not begin with one',
  behind: 'a quoted field goes on after its closing quote; a quote within one is written twice',
  open: 'the file ends within a quoted field',
  returns: ": lines end with CR alone: make it LF, as tr '\\r' '\\n' does",
  long: `: the record is longer than ${longestRecord} characters; is a quote not closed?`,
};

/**
 * Fields may stand in double quotes, in which a quote is written twice; lines end with LF or CRLF; empty lines are no records. Each
 * character is looked at once, and one record is held at most: where the pieces end makes no difference.
 * @param comment begins the lines that are left out.
 */
export function createCsvCutter(delimiter: string, comment?: string): CsvCutter {
  const [between, remark] = [delimiter.charCodeAt(0), comment?.charCodeAt(0)];
  let records: CsvRecord[] = [];
  let place: Place = 'field';
  /** What earlier pieces have of the record. */
  let held = '';
  /** The line and field that are being read, and the line in which the record begins. */
  let [line, field, begun] = [1, 1, 1];
  let fault = '';
  let isHeader = true;
  let isReturn = false;

  /** Ends the reading at a fault, or at the length that was passed before it. */
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

  /** Where a character outside quotes, which is no line feed, leads. */
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
        } else if (isHeader && isReturn && code !== carriageReturn) stop(reasons.returns, held.length + at - start);
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

/** The fields of a record without a fault. */
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
