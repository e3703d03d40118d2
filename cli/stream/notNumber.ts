import { Problem, quoted } from './problem.ts';

/** Texts that often stand for a missing number. */
const marks = /^(?:#?n\/?a|nan|null|nil|none|<na>|#n\/a|-+|\?+|\.+|missing|unknown|inf(?:inity)?|[+-]inf(?:inity)?)$/i;

/** Digits in groups of three. */
const grouped = /^[+-]?\d{1,3}(?:([.,' _\u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/;

/** Why a text is no number, with what to do: it may be a mark, or be written with other separators. */
export function notNumber(text: string, decimal: '.' | ','): Problem {
  const told = quoted(text);
  if (text === '') return new Problem('"" is not a number: write null for one that is missing, or add --missing \'""\'');
  if (marks.test(text)) return new Problem(`${told} is not a number: if it stands for one that is missing, add ${option(text)}`);
  const [, separator, point] = grouped.exec(text) ?? [];
  if (separator !== undefined && separator !== point) {
    const digits = text.replaceAll(separator, '');
    const other = decimal === '.' ? ',' : '.';
    if (separator === other && point === undefined && text.indexOf(separator) === text.lastIndexOf(separator))
      return new Problem(
        `${told} may be ${text.replace(separator, decimal)} or, with a separator of thousands, ${digits}: ${remedyOf(other)} for the one, and write it without the separator for the other`,
      );
    const comma = point === other ? `, and ${remedyOf(other)}` : '';
    return new Problem(`${told} has separators of thousands: write it as ${digits}${comma}`);
  }
  const isOther = decimal === '.' ? /^[+-]?\d*,\d+(e[+-]?\d+)?$/i : /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i;
  if (isOther.test(text))
    return new Problem(`${told} is not a number with a decimal ${decimal}: ${remedyOf(decimal === '.' ? ',' : '.')}`);
  return new Problem(`${told} is not a number; if the column holds categories, name it with --categorical`);
}

function remedyOf(decimal: '.' | ','): string {
  return decimal === ',' ? 'add --decimal ,' : 'leave out --decimal ,';
}

function option(mark: string): string {
  return /^[\w/]+$/.test(mark) ? `--missing ${mark}` : `--missing='${mark}'`;
}
