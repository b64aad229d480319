//! The Python that has the providers' SDKs: `.ci/run` makes it. Without it, what needs it is skipped and says so; in CI
//! it is never skipped.

use std::path::PathBuf;
use std::process::Command;

use super::guests::root;
use super::is_there;

const MAKE: &str = "python3 -m venv target/vectors && target/vectors/bin/pip install --require-hashes -r tests/vectors/requirements.txt";

/// The interpreter, or nothing after having said what is skipped.
fn interpreter(what: &str) -> Option<PathBuf> {
    let python = root().join("target/vectors/bin/python");
    let has_all = |python: &PathBuf| {
        let modules =
            "import alibabacloud_dysmsapi20170525, botocore, jwt, smsutil, tencentcloud, time_machine, twilio, zeep";
        Command::new(python).args(["-c", modules]).output().is_ok_and(|output| output.status.success())
    };
    is_there(has_all(&python), what, "Python with the providers' SDKs", MAKE).then_some(python)
}

/// Run a script of `tests/vectors`; it has to succeed. False if it was skipped.
pub fn run(what: &str, script: &str, arguments: &[&str]) -> bool {
    let Some(python) = interpreter(what) else { return false };
    let folder = root().join("tests/vectors");
    let output = Command::new(python).current_dir(&folder).arg("-B").arg(script).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&said));
    true
}
