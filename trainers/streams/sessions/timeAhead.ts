const day = 86_400;
/** The mean month of the Gregorian calendar. */
const month = 30.436875 * day;

/**
 * The expected time of the row `step` rows after one at `time`, in seconds since 1970: on the same day of later months
 * if rows come monthly, each quarter or each year, and else after as many typical pauses.
 */
export function timeAhead(time: number, pause: number, step: number): number {
  const months = monthsIn(pause);
  if (months === undefined || time % day !== 0) return time + step * pause;
  const from = new Date(1000 * time);
  const at = from.getUTCMonth() + step * months;
  const last = new Date(Date.UTC(from.getUTCFullYear(), at + 1, 0)).getUTCDate();
  return Date.UTC(from.getUTCFullYear(), at, Math.min(from.getUTCDate(), last)) / 1000;
}

/** The months of a typical pause between midnights; undefined if it is not of months. Thirty days are thirty days. */
function monthsIn(pause: number): number | undefined {
  const months = Math.round(pause / month);
  const isWhole = Math.abs(pause / day - Math.round(pause / day)) < 1e-6;
  return [1, 3, 6, 12].includes(months) && !isWhole && Math.abs(pause - months * month) < day
    ? months
    : undefined;
}
