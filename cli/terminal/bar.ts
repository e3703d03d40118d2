import progress from 'cli-progress';

const { barCompleteChar, barIncompleteChar } = progress.Presets.shades_classic;

/** A bar of `width` characters, filled to `part` of it, and the percentage. */
export function formatBar(part: number, width: number): string {
  const options = {
    barsize: width,
    barCompleteString: barCompleteChar.repeat(width),
    barIncompleteString: barIncompleteChar.repeat(width),
    barGlue: '',
  };
  return `${progress.Format.BarFormat(Math.min(1, part), options)} ${String(Math.floor(part * 100)).padStart(3)} %`;
}
