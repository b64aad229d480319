//! What a database is before anything comes into it.

use super::super::nodes::LIVES;
use super::{Postgres, Target, mark};
use crate::store::Stored;
use crate::store::postgres::flight::Flight;
use crate::store::postgres::given::given;

/// What a database is to a move.
pub(in crate::store) enum Standing {
    /// Nobody's yet.
    Empty,
    /// This very move has begun there.
    Begun,
    /// And came to its end.
    Done,
    /// A move of other data has begun there, or came to its end.
    OfOthers,
    /// A table of it has rows.
    HasData(String),
    /// A node serves from it.
    Serves(String),
}

/// What a schema or a node that ended leaves in an empty database.
const OURS: [&str; 6] = ["schema_versions", "environments", "changes", "nodes", "node_steps", "leases"];

/// Environments but for those that a fresh schema has.
const MADE: &str = "SELECT EXISTS (SELECT 1 FROM environments
    WHERE name NOT IN ('development', 'production') OR display_name <> 'Countersign' OR created_at <> 0)";

impl Target {
    /// Look at it; nothing is made.
    pub(in crate::store) async fn standing(&self, from: &str) -> Stored<Standing> {
        let tables = tables(&self.0).await?;
        let has = |name: &str| tables.iter().any(|table| table == name);
        let mark = if has("meta") { mark(&self.0).await? } else { None };
        match mark {
            Some(mark) if mark.from != from => return Ok(Standing::OfOthers),
            Some(mark) if mark.is_done => return Ok(Standing::Done),
            _ => {}
        }
        if has("nodes")
            && let Some(node) = self.serves().await?
        {
            return Ok(Standing::Serves(node));
        }
        if mark.is_some() {
            return Ok(Standing::Begun);
        }
        if has("environments") && self.0.line(MADE, given![]).await?.map_or(Ok(false), |line| line.get(0))? {
            return Ok(Standing::HasData("environments".into()));
        }
        let others = tables.into_iter().filter(|table| !OURS.contains(&&**table)).collect();
        Ok(first_with_rows(&self.0, others).await?.map_or(Standing::Empty, Standing::HasData))
    }

    /// A node that serves from it, if there is one.
    pub(in crate::store) async fn serves(&self) -> Stored<Option<String>> {
        let sql = format!("SELECT name FROM nodes WHERE {LIVES} ORDER BY name LIMIT 1");
        self.0.line(sql, given![]).await?.map(|line| line.get(0)).transpose()
    }
}

/// All tables where ours are or will be; of one that is cut into partitions, the whole.
async fn tables(store: &Postgres) -> Stored<Vec<String>> {
    let sql = "SELECT relname::text FROM pg_class
               WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
               ORDER BY 1";
    store.lines(sql, given![]).await?.iter().map(|line| line.get(0)).collect()
}

/// The names are the server's own, so each is quoted.
async fn first_with_rows(store: &Postgres, tables: Vec<String>) -> Stored<Option<String>> {
    let mut flight = Flight::new();
    let asked = tables.into_iter().map(|table| {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{}\")", table.replace('"', "\"\""));
        (flight.ask(sql, given![]), table)
    });
    let asked: Vec<_> = asked.collect();
    if asked.is_empty() {
        return Ok(None);
    }
    let answers = store.begin().await?.commit(flight).await?;
    for (seat, table) in asked {
        if answers.line(seat).map_or(Ok(false), |line| line.get(0))? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}
