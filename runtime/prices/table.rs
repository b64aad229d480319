//! A list as a table (RFC 4180): what operators have from their provider, by way of a spreadsheet.
//!
//! Header `country,price`, `prefix,price` or `destination,price`, and `currency` if the table says it. Where columns are
//! parted by semicolons, as spreadsheets do it where the decimal point is a comma, prices may have that comma.

mod records;

use super::{Draft, DraftRow, PriceFault, PriceList, REST, ROWS_MAX};
use crate::phone::is_country;
use records::{Record, records};

const PLACES: [&str; 3] = ["destination", "country", "prefix"];
const PRICE: &str = "price";
const CURRENCY: &str = "currency";

/// Read a table. `currency` is what the caller says of all of it.
pub fn read(bytes: &[u8], currency: Option<&str>) -> Result<Draft, Vec<PriceFault>> {
    let (records, separator) = records(bytes, ROWS_MAX + 1).map_err(|fault| vec![fault])?;
    let mut records = records.into_iter();
    let header = records.next().ok_or_else(|| vec![whole("the table is empty")])?;
    let columns = Columns::of(&header).map_err(|fault| vec![fault])?;
    let (mut rows, mut faults, mut told) = (Vec::new(), Vec::new(), currency.map(str::to_owned));
    for (index, record) in records.enumerate() {
        let line = record.line;
        if record.cells.len() != header.cells.len() {
            let (has, wants) = (record.cells.len(), header.cells.len());
            faults.push(at(index, PRICE, line, &format!("the row has {has} cells, and the header has {wants}")));
            continue;
        }
        let cell = |column: usize| record.cells.get(column).map(|cell| cell.trim_matches(' ')).unwrap_or_default();
        let place = cell(columns.place.0);
        if let Some(wrong) = columns.refuses(place) {
            faults.push(at(index, "destination", line, wrong));
        }
        if let Some(column) = columns.currency {
            let own = told.get_or_insert_with(|| cell(column).to_owned());
            if own != cell(column) {
                let text = format!("the currency is not `{}`: a list has one", short(own));
                faults.push(at(index, CURRENCY, line, &text));
            }
        }
        let price = cell(columns.price);
        let price = if separator == ';' { price.replacen(',', ".", 1) } else { price.to_owned() };
        rows.push(DraftRow { destination: place.to_owned(), price, line: Some(line) });
    }
    if !faults.is_empty() {
        faults.truncate(ROWS_MAX.min(50));
        return Err(faults);
    }
    match told {
        Some(currency) => Ok(Draft { currency, prices: rows }),
        None if rows.is_empty() => Err(vec![whole("the table has no rows below its header")]),
        None => {
            let text = "is missing: name it in the address (?currency=EUR), or in a column `currency`";
            Err(vec![PriceFault { pointer: "/currency".to_owned(), text: text.to_owned() }])
        }
    }
}

/// A list as a table that [`read`] reads. No cell of it needs quotes, and digits stand without their plus, which a spreadsheet
/// would take for a formula.
pub fn write(list: &PriceList) -> String {
    let draft = list.draft();
    let mut out = "destination,price,currency\r\n".to_owned();
    for row in &draft.prices {
        out.extend([row.destination.trim_start_matches('+'), ",", &row.price, ",", &draft.currency, "\r\n"]);
    }
    out
}

/// Where in a row things stand.
struct Columns {
    place: (usize, &'static str),
    price: usize,
    currency: Option<usize>,
}

impl Columns {
    fn of(header: &Record) -> Result<Self, PriceFault> {
        let names: Vec<String> = header.cells.iter().map(|cell| cell.trim_matches(' ').to_ascii_lowercase()).collect();
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let known = |name: &String| [PRICE, CURRENCY].contains(&name.as_str()) || PLACES.contains(&name.as_str());
        if let Some(other) = names.iter().find(|name| !known(name)) {
            let text = format!(
                "line {}: the header has a column `{}`; it has destination (or country, or prefix), price, and currency",
                header.line,
                short(other)
            );
            return Err(whole(&text));
        }
        let twice = names.iter().find(|name| names.iter().filter(|other| other == name).count() > 1);
        if let Some(twice) = twice {
            return Err(whole(&format!("line {}: the header has the column `{twice}` twice", header.line)));
        }
        let places: Vec<_> = PLACES.into_iter().filter_map(|place| Some((find(place)?, place))).collect();
        match (places.as_slice(), find(PRICE)) {
            ([place], Some(price)) => Ok(Self { place: *place, price, currency: find(CURRENCY) }),
            ([_], None) => Err(whole(&format!("line {}: the header has no column `price`", header.line))),
            _ => Err(whole(&format!(
                "line {}: the header has one of the columns `destination`, `country` and `prefix`",
                header.line
            ))),
        }
    }

    /// What a column named `country` or `prefix` can't have.
    fn refuses(&self, place: &str) -> Option<&'static str> {
        match self.place.1 {
            "country" if place != REST && !is_country(place) => {
                Some("the country is none: it is two capital letters (DE), or *")
            }
            "prefix" if is_country(place) => Some("the prefix is none: it is a number's first digits (+4915), or *"),
            _ => None,
        }
    }
}

fn at(index: usize, field: &str, line: u32, text: &str) -> PriceFault {
    PriceFault { pointer: format!("/prices/{index}/{field}"), text: format!("line {line}: {text}") }
}

fn whole(text: &str) -> PriceFault {
    PriceFault { pointer: "/prices".to_owned(), text: text.to_owned() }
}

/// The beginning of what somebody sent.
fn short(text: &str) -> String {
    text.chars().take(20).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
