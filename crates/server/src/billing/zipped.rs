//! Files in one zip.

use contract::Date;
use std::{
    fmt::Display,
    io::{Cursor, Write},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

pub struct File {
    pub name: String,
    pub content: Vec<u8>,
}

impl File {
    pub fn new(name: impl Into<String>, content: Vec<u8>) -> Self {
        Self { name: name.into(), content }
    }
}

/// All of that day. An error is for logs.
pub fn zipped(files: Vec<File>, day: Date) -> Result<Vec<u8>, String> {
    let said = |error: &dyn Display| error.to_string();
    let year = u16::try_from(day.year()).unwrap_or_default();
    let day = DateTime::from_date_and_time(year, day.month(), day.day(), 0, 0, 0).unwrap_or_default();
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).last_modified_time(day);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for File { name, content } in files {
        zip.start_file(name, options).map_err(|error| said(&error))?;
        zip.write_all(&content).map_err(|error| said(&error))?;
    }
    Ok(zip.finish().map_err(|error| said(&error))?.into_inner())
}
