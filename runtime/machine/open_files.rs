//! How many files and sockets a process may have open at once.

/// The soft limit of a process, given its number or `self`. None where it is not told; `u64::MAX` for no limit.
pub fn limit(process: &str) -> Option<u64> {
    read(&std::fs::read_to_string(format!("/proc/{process}/limits")).ok()?)
}

/// `Max open files            1024                 524288               files`.
fn read(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_the_one_that_counts() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             7                    7                    processes\n\
                    Max open files            1024                 524288               files\n";
        assert_eq!(read(text), Some(1024));
        assert_eq!(read(&text.replace("1024  ", "unlimited")), Some(u64::MAX));
        assert_eq!(read(""), None);
        assert!(limit("self").unwrap() > 0);
    }
}
