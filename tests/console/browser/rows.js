// The cells of a table's rows, without its heads.
const [table] = arguments;
const rows = [...table.querySelectorAll("tbody tr")].filter(shown);
return rows.map((row) => [...row.cells].map((cell) => squeeze(cell.innerText)));
