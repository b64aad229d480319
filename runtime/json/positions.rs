//! Where in a text of JSON a value stands, for whoever shows it in an editor.

use crate::json::escaped;

/// Line and column, both from 1 and in characters, of each value that a JSON Pointer names; of what is not there, its
/// nearest parent's. Tolerant: a text that is not JSON is read as far as it can be. None if there is no value at all.
pub fn positions(text: &str, pointers: &[&str]) -> Vec<Option<(usize, usize)>> {
    let mut found: Vec<Option<(usize, Place)>> = vec![None; pointers.len()];
    let mut reader = Reader { text, at: 0, line: 1, column: 1 };
    let mut path = Path::default();
    while let Some(token) = reader.token() {
        match token {
            Token::Value(place) | Token::Open(place, _) => {
                let here = path.pointer.as_str();
                for (pointer, best) in pointers.iter().zip(&mut found) {
                    let rest = pointer.strip_prefix(here);
                    let leads_there = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                    if leads_there && best.as_ref().is_none_or(|(length, _)| here.len() > *length) {
                        *best = Some((here.len(), place));
                    }
                }
                if let Token::Open(_, is_list) = token {
                    path.open(is_list);
                }
            }
            Token::Name(name) => path.name(&name),
            Token::Comma => path.next(),
            Token::Close => path.close(),
        }
    }
    found.into_iter().map(|best| best.map(|(_, place)| place)).collect()
}

type Place = (usize, usize);

enum Token {
    Value(Place),
    Open(Place, bool),
    Name(String),
    Comma,
    Close,
}

/// The pointer of what is read next.
#[derive(Default)]
struct Path {
    pointer: String,
    /// Of each open object or list: how long the pointer is before its last step; the index, if it is a list.
    levels: Vec<(usize, Option<usize>)>,
}

impl Path {
    fn open(&mut self, is_list: bool) {
        self.levels.push((self.pointer.len(), is_list.then_some(0)));
        if is_list {
            self.pointer.push_str("/0");
        }
    }

    fn name(&mut self, name: &str) {
        if let Some((length, None)) = self.levels.last() {
            self.pointer.truncate(*length);
            self.pointer.push('/');
            self.pointer.push_str(&escaped(name));
        }
    }

    fn next(&mut self) {
        if let Some((length, Some(index))) = self.levels.last_mut() {
            *index += 1;
            self.pointer.truncate(*length);
            self.pointer.push_str(&format!("/{index}"));
        }
    }

    fn close(&mut self) {
        if let Some((length, _)) = self.levels.pop() {
            self.pointer.truncate(length);
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    column: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn step(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        Some(c)
    }

    fn skip(&mut self, fits: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&fits) {
            self.step();
        }
    }

    fn token(&mut self) -> Option<Token> {
        self.skip(|c| c.is_whitespace() || c == ':');
        let place = (self.line, self.column);
        Some(match self.peek()? {
            '{' | '[' => Token::Open(place, self.step() == Some('[')),
            '}' | ']' => self.then(Token::Close),
            ',' => self.then(Token::Comma),
            '"' => self.string(place),
            _ => {
                self.step();
                self.skip(|c| !c.is_whitespace() && !"{}[],:\"".contains(c));
                Token::Value(place)
            }
        })
    }

    fn then(&mut self, token: Token) -> Token {
        self.step();
        token
    }

    fn string(&mut self, place: Place) -> Token {
        let from = self.at;
        self.step();
        while let Some(c) = self.step() {
            match c {
                '"' => break,
                '\\' => drop(self.step()),
                _ => {}
            }
        }
        let raw = self.text.get(from..self.at).unwrap_or_default();
        self.skip(char::is_whitespace);
        if self.peek() != Some(':') {
            return Token::Value(place);
        }
        Token::Name(serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_line_and_column() {
        let text = "[\n  {\"a\": 1, \"b/c\": [true, \"x\"]},\n  {\"é\": {\"a\": null}}\n]";
        let found = positions(text, &["", "/0", "/0/a", "/0/b~1c/1", "/1/é/a"]);
        assert_eq!(found, [Some((1, 1)), Some((2, 3)), Some((2, 9)), Some((2, 26)), Some((3, 15))]);
    }

    #[test]
    fn what_is_not_there_is_told_by_its_nearest_parent() {
        let found = positions("[{\"a\": 1}, {}]", &["/1/text", "/0/a/x", "/7", "elsewhere", "/1x"]);
        assert_eq!(found, [Some((1, 12)), Some((1, 8)), Some((1, 1)), None, Some((1, 1))]);
    }

    #[test]
    fn what_is_no_json_is_read_as_far_as_it_can_be() {
        assert_eq!(positions("", &["", "/0"]), [None, None]);
        assert_eq!(positions("[{\"a\": }, {\"b\": 2", &["/1/b"]), [Some((1, 17))]);
        for text in ["\"", "{\"a", "]]]]}", ",,,:", "[\"\\", "\u{1f389}"] {
            assert_eq!(positions(text, &["/a/b"]).len(), 1, "{text}");
        }
        assert_eq!(positions(&"[".repeat(100_000), &["/0/0"]), [Some((1, 3))]);
    }

    #[test]
    fn a_name_that_stands_twice_is_its_first_value() {
        assert_eq!(positions("{\"a\": 1, \"a\": 2}", &["/a"]), [Some((1, 7))]);
    }
}
