use super::*;

fn list(rows: &[(&str, &str)]) -> Result<PriceList, Vec<PriceFault>> {
    let row = |(destination, price): &(&str, &str)| DraftRow {
        destination: (*destination).to_owned(),
        price: (*price).to_owned(),
        line: None,
    };
    PriceList::read(&Draft { currency: "EUR".to_owned(), prices: rows.iter().map(row).collect() })
}

fn micros(list: &PriceList, to: &str) -> Option<u64> {
    list.price(&PhoneNumber::parse(to).unwrap()).map(|price| price.micros)
}

fn pointers(faults: &[PriceFault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.pointer.as_str()).collect()
}

fn table(text: &str) -> Result<PriceList, Vec<PriceFault>> {
    PriceList::read(&read_table(text.as_bytes(), Some("EUR"))?)
}

#[test]
fn the_longest_digits_beat_the_country_and_that_beats_the_rest() {
    let list =
        list(&[("*", "0.5"), ("DE", "0.08"), ("+49151", "0.07"), ("4915", "0.075"), ("+7", "0.3"), ("KZ", "0.2")]);
    let list = list.unwrap();
    assert_eq!(micros(&list, "+4915123456789"), Some(70_000));
    assert_eq!(micros(&list, "+4915223456789"), Some(75_000));
    assert_eq!(micros(&list, "+4930123456"), Some(80_000));
    assert_eq!(micros(&list, "+14155550123"), Some(500_000));
    assert_eq!(micros(&list, "+77012345678"), Some(300_000), "digits are nearer than a country");
    assert_eq!(list.rows(), 6);
}

#[test]
fn where_no_row_fits_there_is_no_price() {
    let list = list(&[("DE", "0"), ("+1415", "0.01")]).unwrap();
    assert_eq!((micros(&list, "+4930123456"), micros(&list, "+33612345678")), (Some(0), None));
}

#[test]
fn every_fault_of_a_list_is_told_with_its_place() {
    let told =
        list(&[("DE", "0.1"), ("de", "0.1"), ("DE", "0.2"), ("*", "-1"), ("+0", "1"), ("", "NaN"), ("+4915", "1e9")]);
    let faults = told.unwrap_err();
    let expected = [
        "/prices/1/destination",
        "/prices/2/destination",
        "/prices/3/price",
        "/prices/4/destination",
        "/prices/5/price",
        "/prices/6/price",
    ];
    assert_eq!(pointers(&faults), expected, "{faults:?}");
    let rows: Vec<_> = (0..200).map(|_| ("nowhere", "1")).collect();
    assert_eq!(list(&rows).unwrap_err().len(), 51, "a table of the wrong kind is not told row by row");
    assert_eq!(pointers(&list(&[]).unwrap_err()), ["/prices"]);
    let euro = PriceList::read(&Draft { currency: "euro".to_owned(), prices: Vec::new() }).unwrap_err();
    assert_eq!(pointers(&euro), ["/currency", "/prices"]);
}

#[test]
fn what_is_shown_is_read_as_the_same() {
    let list = list(&[("*", "0.5"), ("DE", "0.080"), ("+49151", "1000000")]).unwrap();
    assert_eq!(PriceList::read(&list.draft()), Ok(list.clone()));
    assert_eq!(PriceList::read(&read_table(table_of(&list).as_bytes(), None).unwrap()), Ok(list));
}

#[test]
fn a_table_of_a_spreadsheet_is_read() {
    let plain = table("country,price\nDE,0.075\n*,0.5\n").unwrap();
    assert_eq!(table("\u{feff}\"Country\";Price\r\n\"DE\";\"0,075\"\r\n*; 0,5\r\n\r\n").unwrap(), plain);
    assert_eq!(table("price,destination\n0.075,DE\n0.5,*").unwrap(), plain, "without an end of the last line");
    let own = read_table(b"destination,price,currency\n+4915,0.1,USD\nDE,0.2,USD\n", None).unwrap();
    assert_eq!((own.currency.as_str(), own.prices.len()), ("USD", 2));
}

#[test]
fn a_fault_of_a_table_names_line_and_column() {
    for (text, pointer, told) in [
        ("", "/prices", "empty"),
        ("country,price\n", "/prices", "has no rows"),
        ("country;price\nDE;0.1\nFR;abc\n", "/prices/1/price", "line 3: the price is no amount"),
        ("country,price\n\n\nDE,1.5x\n", "/prices/0/price", "line 4: the price"),
        ("country,price\n\"DE\nFR\",1\n", "/prices/0/destination", "line 2: the country is none"),
        ("country,price\nDE,\"1\n", "/prices", "line 2: a quote is not closed"),
        ("country,price\nD\"E,1\n", "/prices", "line 2: a quote stands inside"),
        ("country,price\n\"DE\"x,1\n", "/prices", "line 2: something stands after"),
        ("country,price\rDE,1\r", "/prices", "line 1: a line ends"),
        ("country,price\nDE,0,075\n", "/prices/0/price", "line 2: the row has 3 cells, and the header has 2"),
        ("country,price\nDE\n", "/prices/0/price", "line 2: the row has 1 cells"),
        ("country,price\n4915,1\n", "/prices/0/destination", "line 2: the country is none"),
        ("prefix,price\nDE,1\n", "/prices/0/destination", "line 2: the prefix is none"),
        ("land,price\nDE,1\n", "/prices", "line 1: the header has a column `land`"),
        ("country,cost\nDE,1\n", "/prices", "line 1: the header has a column `cost`"),
        ("country,prefix,price\nDE,49,1\n", "/prices", "line 1: the header has one of"),
        ("price\n1\n", "/prices", "line 1: the header has one of"),
        ("country\nDE\n", "/prices", "no column `price`"),
        ("price,price,country\n1,1,DE\n", "/prices", "twice"),
        ("country,price,currency\nDE,1,EUR\nFR,1,USD\n", "/prices/1/currency", "line 3: the currency is not `EUR`"),
        ("country,price\nDE,1\nDE,2\n", "/prices/1/destination", "line 3: the destination is there twice"),
    ] {
        let faults = table(text).unwrap_err();
        assert_eq!(faults[0].pointer, pointer, "{text:?}: {faults:?}");
        assert!(faults[0].text.contains(told), "{text:?}: {faults:?}");
    }
    assert_eq!(pointers(&read_table(b"country,price\nDE,1\n", None).unwrap_err()), ["/currency"]);
    let faults = read_table(b"country,price\nDE,1\nD\xff,1\n", Some("EUR")).unwrap_err();
    assert!(faults[0].text.starts_with("line 3: the text is not UTF-8"), "{faults:?}");
}

#[test]
fn a_table_has_no_end_that_it_takes_us_to() {
    let rows = "+4915,1\n".repeat(ROWS_MAX + 1);
    let faults = table(&format!("prefix,price\n{rows}")).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].text.contains("more than 20000 rows"), "{faults:?}");
    let cells = ",".repeat(BYTES_MAX);
    assert!(table(&cells).unwrap_err()[0].text.contains("more cells"));
    assert!(table(&"\"".repeat(BYTES_MAX)).is_err());
}
