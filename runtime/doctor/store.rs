//! The database and the key that opens it, only looked at.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Finding, database};
use crate::app;
use crate::config::Config;
use crate::store::sqlite::Sqlite;
use crate::store::{Schema, Store, StoreError};

const DATABASE: &str = "database";
const KEY: &str = "master key";

/// A database that can be read.
pub(super) struct Opened {
    pub(super) store: Box<dyn Store>,
}

/// Look at them. What can't be opened is told, and the checks that would read it are left out.
pub(super) async fn examine(config: &Config) -> (Vec<Finding>, Option<Opened>) {
    if let Some(url) = &config.store {
        return database::examine(config, url).await;
    }
    let dir = &config.data.dir;
    let schema = match Sqlite::schema(dir) {
        Ok(Some(schema)) => schema,
        Ok(None) => return (vec![Finding::ok(DATABASE, "not there yet; the first start makes it")], None),
        Err(error) => return (vec![broken(&error)], None),
    };
    let about = match judge_schema(schema, "the data folder") {
        Ok(finding) => finding,
        Err(finding) => return (vec![finding], None),
    };
    match Sqlite::open_to_look(dir) {
        Ok(store) => {
            let key = master_key(config, &store).await;
            (vec![about, key], Some(Opened { store: Box::new(store) }))
        }
        Err(error) => (vec![broken(&error)], None),
    }
}

fn broken(error: &StoreError) -> Finding {
    Finding::fail(
        DATABASE,
        error.to_string(),
        "restore the data folder from a copy; a disk that fails shows up in dmesg",
    )
}

/// Only a database that this program can work with is read further.
pub(super) fn judge_schema(Schema { found, known, readable }: Schema, keep: &str) -> Result<Finding, Finding> {
    if found > known && !readable {
        let seen = format!("schema {found}, which is newer than this program's {known}");
        return Err(Finding::fail(DATABASE, seen, "run the newer program, or restore a copy from before it ran"));
    }
    if found > known {
        let seen = format!("schema {found}, of a newer program; this one knows {known}, and can work with it");
        return Ok(Finding::warn(DATABASE, seen, "run the newer program again when you can"));
    }
    if found < known {
        let seen = format!("schema {found}; the next start brings it to {known}, and nothing in it was looked at");
        return Err(Finding::warn(DATABASE, seen, format!("keep a copy of {keep}, start the service, ask again")));
    }
    Ok(Finding::ok(DATABASE, format!("opens, schema {found}")))
}

/// Whether the key that the service would use opens this store. It is not shown.
pub(super) async fn master_key(config: &Config, store: &dyn Store) -> Finding {
    let opened = app::look_at_vault(config, store).await;
    let file = app::master_key_file(config);
    match opened {
        Err(error) => {
            let kind = app::store_kind(config);
            let fix = format!("put back the key that this {kind} was made with; without it its secrets can't be read");
            Finding::fail(KEY, format!("{error:#}"), fix)
        }
        Ok(false) => Finding::ok(KEY, "not needed yet; the first start settles it"),
        Ok(true) => judge_file(file.as_deref(), config),
    }
}

fn judge_file(file: Option<&Path>, config: &Config) -> Finding {
    let kind = app::store_kind(config);
    let Some(file) = file else { return Finding::ok(KEY, format!("opens the {kind}, from COUNTERSIGN_MASTER_KEY")) };
    let seen = format!("`{}` opens the {kind}", file.display());
    let mode = std::fs::metadata(file).map_or(0, |meta| meta.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        let fix = format!("chmod 600 {}", file.display());
        return Finding::warn(KEY, format!("{seen}, but other users may read it (mode {mode:04o})"), fix);
    }
    if config.store.is_none() && file.starts_with(&config.data.dir) {
        let fix = "move it elsewhere and name it with `master_key.file`";
        return Finding::warn(KEY, format!("{seen}, and lies in it: a copy of the folder opens itself"), fix);
    }
    Finding::ok(KEY, seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn only_a_database_that_this_program_can_work_with_is_read() {
        let judge = |found, readable| judge_schema(Schema { found, known: 5, readable }, "it");
        assert_eq!(judge(5, true).unwrap().status, Status::Ok);
        assert_eq!(judge(6, true).unwrap().status, Status::Warn);
        assert_eq!(judge(6, false).unwrap_err().status, Status::Fail);
        assert_eq!(judge(4, true).unwrap_err().status, Status::Warn);
    }

    #[test]
    fn a_key_that_others_may_read_or_that_lies_beside_what_it_opens_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        std::fs::write(&file, "").unwrap();
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let in_folder = |data: &Path| {
            let mut config = Config::default();
            config.data.dir = data.into();
            config
        };
        let (elsewhere, beside) = (in_folder(Path::new("/data")), in_folder(dir.path()));
        mode(0o644);
        assert!(judge_file(Some(&file), &elsewhere).fix.unwrap().starts_with("chmod 600"));
        mode(0o600);
        assert_eq!(judge_file(Some(&file), &elsewhere).status, Status::Ok);
        assert_eq!(judge_file(Some(&file), &beside).status, Status::Warn);
        assert_eq!(judge_file(None, &beside).status, Status::Ok);
    }
}
