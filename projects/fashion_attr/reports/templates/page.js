// A click on a heading sorts its table, a second one the other way round.
const key = cell => cell.dataset.value === undefined ? cell.textContent
  : cell.dataset.value === '' || isNaN(cell.dataset.value) ? -Infinity : Number(cell.dataset.value);
const compare = (a, b) => typeof a === 'string' ? a.localeCompare(b) : a < b ? -1 : a > b ? 1 : 0;
for (const heading of document.querySelectorAll('th')) {
  heading.addEventListener('click', () => {
    const body = heading.closest('table').tBodies[0], place = heading.cellIndex;
    const first = heading.classList.contains('text') ? 'up' : 'down';
    const order = heading.dataset.order === first ? (first === 'up' ? 'down' : 'up') : first;
    for (const other of heading.parentNode.cells) delete other.dataset.order;
    heading.dataset.order = order;
    const sign = order === 'up' ? 1 : -1;
    body.append(...[...body.rows].sort((a, b) => sign * compare(key(a.cells[place]), key(b.cells[place]))));
  });
}
// What is typed above a table hides the rows that do not have it.
for (const field of document.querySelectorAll('input[data-table]')) {
  field.addEventListener('input', () => {
    const wanted = field.value.toLowerCase();
    for (const row of document.getElementById(field.dataset.table).tBodies[0].rows)
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}
// A click on a drawing shows it as large as it is, a second one as wide as the page.
for (const drawing of document.querySelectorAll('.drawing img'))
  drawing.addEventListener('click', () => drawing.classList.toggle('full'));
