import { expect } from 'chai';
import { DOMParser } from 'linkedom';
import { htmlTable } from '../../../cli/report/html.ts';

describe('cli: the tables of pages', () => {
  const classesOf = (...column: string[]) => {
    const page = htmlTable(
      ['title'],
      column.map((cell) => [cell]),
    );
    const document = new DOMParser().parseFromString(page, 'text/html');
    return [...document.querySelectorAll('th, td')].map((cell) => cell.className);
  };

  it('align a column of figures at the right, with its title, and break no figure or date into lines', () => {
    for (const figure of [
      '7',
      '-1,000.5',
      '1e-7',
      '540 µs',
      '0.1 – 0.3',
      '-1.0 (-1.2 to -0.8, 3 pairs)',
      '2024-02-09',
    ])
      expect(classesOf(figure, '', '–', 'not finite'), figure).to.deep.equal([
        'right',
        'right figure',
        'right',
        'right',
        'right',
      ]);
    expect(classesOf('0.5', 'some text')).to.deep.equal(['', 'figure', '']);
    expect(classesOf('', '–')).to.deep.equal(['', '', '']);
  });
});
