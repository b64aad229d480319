//! Rows as they come in, and read back to be compared.
//!
//! They are inserted. What acts by itself on rows of these tables acts on changes (bills, callbacks), which have had
//! their effect where the rows come from; what acts on insertions only counts that an environment has changed.

use super::{PUT, Row, Table, Target, of_table};
use crate::store::moving::{Column, Kind, Note, Value};
use crate::store::postgres::flight::Flight;
use crate::store::postgres::given::{Given, given};
use crate::store::postgres::line::Line;
use crate::store::words::text;
use crate::store::{StoreError, Stored};

impl Target {
    /// The columns of a table that can be written.
    pub(in crate::store) async fn columns(&self, table: &Table) -> Stored<Vec<Column>> {
        let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns
                   WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'";
        let mut columns = Vec::new();
        for line in self.0.lines(sql, given![table.name]).await? {
            let kind = match line.get::<String>(1)?.as_str() {
                "bigint" => Kind::Number,
                "boolean" => Kind::Truth,
                "text" => Kind::Text,
                "bytea" => Kind::Bytes,
                // Its own, such as who has it in hand: nothing of the kind comes.
                _ => continue,
            };
            columns.push(Column { name: line.get(0)?, kind });
        }
        Ok(columns)
    }

    /// Rows, and how far the table is with them.
    pub(in crate::store) async fn insert(
        &self,
        table: &Table,
        columns: &[Column],
        rows: Vec<Row>,
        note: &Note,
    ) -> Stored<()> {
        let mut flight = Flight::new();
        if !rows.is_empty() {
            flight.ask(inserted(table, columns), lists(columns, rows));
        }
        flight.ask(PUT, given![of_table(table), text(note).into_bytes()]);
        self.0.begin().await?.commit(flight).await.map(|_| ())
    }

    /// The rows that follow a key, or the first.
    pub(in crate::store) async fn page(&self, table: &Table, columns: &[Column], after: &[Value]) -> Stored<Vec<Row>> {
        let given = after.iter().map(one).collect();
        let lines = self.0.lines(paged(table, columns, after), given).await?;
        lines.iter().map(|line| read(line, columns)).collect()
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn typed(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "bigint",
        Kind::Truth => "boolean",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
    }
}

fn inserted(table: &Table, columns: &[Column]) -> String {
    let names = quoted(columns.iter().map(|column| &*column.name));
    let lists = (1..).zip(columns).map(|(place, column)| format!("${place}::{}[]", typed(column.kind)));
    let lists = lists.collect::<Vec<_>>().join(", ");
    // The numbers of rows that have one come along: others name them.
    let overriding = if table.sequence.is_some() { "OVERRIDING SYSTEM VALUE" } else { "" };
    format!("INSERT INTO {} ({names}) {overriding} SELECT * FROM unnest({lists})", table.name)
}

/// A bound of the first column alone spares all partitions that lie before it.
fn paged(table: &Table, columns: &[Column], after: &[Value]) -> String {
    let names = quoted(columns.iter().map(|column| &*column.name));
    let key = quoted(table.key.iter().copied());
    let Table { name, which, at_once, .. } = table;
    let beyond = match table.key.first() {
        Some(first) if !after.is_empty() => {
            let places: Vec<String> = (1..=after.len()).map(|place| format!("${place}")).collect();
            format!(" AND \"{first}\" >= $1 AND ({key}) > ({})", places.join(", "))
        }
        _ => String::new(),
    };
    format!("SELECT {names} FROM {name} WHERE {which}{beyond} ORDER BY {key} LIMIT {at_once}")
}

/// What a statement is given for each column: all its values.
fn lists(columns: &[Column], rows: Vec<Row>) -> Vec<Given> {
    let mut lists: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (list, value) in lists.iter_mut().zip(row) {
            list.push(value);
        }
    }
    columns.iter().zip(lists).map(|(column, values)| list(column.kind, values)).collect()
}

/// A value is of its column's kind, or none.
fn list(kind: Kind, values: Vec<Value>) -> Given {
    macro_rules! of {
        ($case:path) => {{
            let values = values.into_iter().map(|value| if let $case(value) = value { Some(value) } else { None });
            Box::new(values.collect::<Vec<_>>())
        }};
    }
    match kind {
        Kind::Number => of!(Value::Number),
        Kind::Truth => of!(Value::Truth),
        Kind::Text => of!(Value::Text),
        Kind::Bytes => of!(Value::Bytes),
    }
}

fn one(value: &Value) -> Given {
    match value.clone() {
        Value::Null => Box::new(None::<i64>),
        Value::Number(number) => Box::new(number),
        Value::Truth(is_so) => Box::new(is_so),
        Value::Text(text) => Box::new(text),
        Value::Bytes(bytes) => Box::new(bytes),
    }
}

fn read(line: &Line, columns: &[Column]) -> Stored<Row> {
    let value = |(at, column): (usize, &Column)| -> Result<Value, StoreError> {
        Ok(match column.kind {
            Kind::Number => line.get::<Option<i64>>(at)?.map_or(Value::Null, Value::Number),
            Kind::Truth => line.get::<Option<bool>>(at)?.map_or(Value::Null, Value::Truth),
            Kind::Text => line.get::<Option<String>>(at)?.map_or(Value::Null, Value::Text),
            Kind::Bytes => line.get::<Option<Vec<u8>>>(at)?.map_or(Value::Null, Value::Bytes),
        })
    };
    columns.iter().enumerate().map(value).collect()
}
