//! The console, page by page, by what people see: roles and labels.
