//! Between SQLite and the system: a VFS (sqlite.org/vfs.html) that does what SQLite's own does, and tells a recorder.
//!
//! It is registered as the default of the test's process, so the store needs no option for it. A file outside the
//! recorded folders is opened as ever. One inside gets a table of methods of which four are ours; the others (reading,
//! locking, shared memory) stay the system's own, so nothing of them is imitated. Whether a folder was synced is seen,
//! not assumed: SQLite opens a folder only to sync it, by a call that can be intercepted.
#![expect(unsafe_code, reason = "SQLite calls its VFS through C function pointers")]

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, Once, OnceLock};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use super::{Event, FileId, Operation, Recorder};

static WATCHED: Mutex<Vec<Arc<Recorder>>> = Mutex::new(Vec::new());
/// Recorded files, by the address of SQLite's own object, which stays where it is until the file is closed.
static OPEN: Mutex<Option<HashMap<usize, Open>>> = Mutex::new(None);
static SYSTEM: OnceLock<System> = OnceLock::new();

thread_local! {
    /// Whether this thread opened a folder since that was last asked.
    static FOLDER_OPENED: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone)]
struct Open {
    recorder: Arc<Recorder>,
    file: FileId,
    system: &'static sqlite3_io_methods,
}

type OpenFolder = unsafe extern "C" fn(*const c_char, *mut c_int) -> c_int;

/// SQLite's own VFS, as it was before ours.
struct System {
    open: unsafe extern "C" fn(*mut sqlite3_vfs, *const c_char, *mut sqlite3_file, c_int, *mut c_int) -> c_int,
    delete: unsafe extern "C" fn(*mut sqlite3_vfs, *const c_char, c_int) -> c_int,
    open_folder: OpenFolder,
}

pub(super) fn watch(recorder: Arc<Recorder>) {
    static REGISTERED: Once = Once::new();
    // SAFETY: once, before any recorded database is opened; SQLite's list of VFSes has a lock of its own.
    REGISTERED.call_once(|| unsafe { register() });
    WATCHED.lock().unwrap().push(recorder);
}

pub(super) fn forget(recorder: &Arc<Recorder>) {
    WATCHED.lock().unwrap().retain(|other| !Arc::ptr_eq(other, recorder));
}

unsafe fn register() {
    // SAFETY: SQLite has a default VFS, which lives as long as the process; ours is a copy of it that is never freed.
    unsafe {
        let default = ffi::sqlite3_vfs_find(std::ptr::null());
        let mut ours: sqlite3_vfs = std::ptr::read(default);
        let name = c"openDirectory".as_ptr();
        let open_folder = (ours.xGetSystemCall.unwrap())(default, name).unwrap();
        let open_folder = std::mem::transmute::<unsafe extern "C" fn(), OpenFolder>(open_folder);
        let system = System { open: ours.xOpen.unwrap(), delete: ours.xDelete.unwrap(), open_folder };
        assert!(SYSTEM.set(system).is_ok());
        let seen = std::mem::transmute::<OpenFolder, unsafe extern "C" fn()>(folder_opened);
        assert_eq!((ours.xSetSystemCall.unwrap())(default, name, Some(seen)), ffi::SQLITE_OK);
        ours.zName = c"recording".as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1), ffi::SQLITE_OK);
    }
}

unsafe extern "C" fn folder_opened(path: *const c_char, out: *mut c_int) -> c_int {
    FOLDER_OPENED.set(true);
    // SAFETY: the arguments are passed on as they came.
    unsafe { (SYSTEM.get().unwrap().open_folder)(path, out) }
}

/// The recorder of a path's folder, and the file's name in it.
unsafe fn recorded(path: *const c_char) -> Option<(Arc<Recorder>, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: SQLite's paths end with a zero.
    let path = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes()));
    let watched = WATCHED.lock().unwrap();
    let recorder = watched.iter().find(|recorder| path.parent() == Some(&recorder.folder))?;
    Some((Arc::clone(recorder), path.file_name()?.to_str()?.to_owned()))
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    path: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: passed on as it came; on success SQLite's VFS has put a table of methods that is never freed into `file`.
    unsafe {
        let result = (SYSTEM.get().unwrap().open)(vfs, path, file, flags, out);
        if result == ffi::SQLITE_OK
            && let Some((recorder, name)) = recorded(path)
        {
            let system: &'static sqlite3_io_methods = &*(*file).pMethods;
            let open = Open { file: recorder.open(&name), recorder, system };
            OPEN.lock().unwrap().get_or_insert_default().insert(file.addr(), open);
            (*file).pMethods = ours(system);
        }
        result
    }
}

/// `system` with our four methods. SQLite has a few such tables, so ours are made once each and kept.
fn ours(system: &'static sqlite3_io_methods) -> &'static sqlite3_io_methods {
    static MADE: Mutex<Vec<(usize, &'static sqlite3_io_methods)>> = Mutex::new(Vec::new());
    let (mut made, key) = (MADE.lock().unwrap(), std::ptr::from_ref(system).addr());
    if let Some((_, ours)) = made.iter().find(|(of, _)| *of == key) {
        return ours;
    }
    let ours = sqlite3_io_methods {
        xClose: Some(close),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        ..*system
    };
    let ours: &'static _ = Box::leak(Box::new(ours));
    made.push((key, ours));
    ours
}

fn found(file: *mut sqlite3_file) -> Open {
    OPEN.lock().unwrap().as_ref().unwrap()[&file.addr()].clone()
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let open = OPEN.lock().unwrap().as_mut().unwrap().remove(&file.addr()).unwrap();
    // SAFETY: `file` is open, and gets back the table that it was opened with.
    unsafe {
        (*file).pMethods = open.system;
        (open.system.xClose.unwrap())(file)
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, bytes: c_int, at: i64) -> c_int {
    let open = found(file);
    let (length, start) = (bytes as usize, at as u64);
    let refused = open.recorder.refuses(Operation::Write { file: open.file, end: start + length as u64 });
    // What fails has been done in part: whole sectors of its first half.
    let done = if refused { length / 2 / 512 * 512 } else { length };
    // SAFETY: SQLite gives a buffer of `bytes`, of which no more than that is read.
    let result = unsafe { (open.system.xWrite.unwrap())(file, from, done as c_int, at) };
    if result == ffi::SQLITE_OK && done > 0 {
        // SAFETY: as above.
        open.recorder.wrote(open.file, start, unsafe { std::slice::from_raw_parts(from.cast(), done) });
    }
    match (refused, open.recorder.is_full()) {
        (false, _) => result,
        (true, true) => ffi::SQLITE_FULL,
        (true, false) => ffi::SQLITE_IOERR_WRITE,
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, to: i64) -> c_int {
    let open = found(file);
    if open.recorder.refuses(Operation::Truncate) {
        return ffi::SQLITE_IOERR_TRUNCATE;
    }
    // SAFETY: passed on as it came.
    let result = unsafe { (open.system.xTruncate.unwrap())(file, to) };
    if result == ffi::SQLITE_OK {
        open.recorder.truncated(open.file, to as u64);
    }
    result
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let open = found(file);
    let (upto, file_id) = (open.recorder.now(), open.file);
    if open.recorder.refuses(Operation::Sync) {
        open.recorder.push(Event::SyncFailed { file: file_id, upto });
        return ffi::SQLITE_IOERR_FSYNC;
    }
    FOLDER_OPENED.set(false);
    // SAFETY: passed on as it came.
    let result = unsafe { (open.system.xSync.unwrap())(file, flags) };
    if result == ffi::SQLITE_OK {
        open.recorder.push(Event::Sync { file: file_id, upto });
        if FOLDER_OPENED.take() {
            open.recorder.push(Event::FolderSync { upto });
        }
    }
    result
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    FOLDER_OPENED.set(false);
    // SAFETY: passed on as it came.
    let result = unsafe { (SYSTEM.get().unwrap().delete)(vfs, path, sync_folder) };
    // SAFETY: a path of SQLite's.
    if result == ffi::SQLITE_OK
        && let Some((recorder, name)) = unsafe { recorded(path) }
    {
        recorder.deleted(&name);
        if FOLDER_OPENED.take() {
            let upto = recorder.now();
            recorder.push(Event::FolderSync { upto });
        }
    }
    result
}
