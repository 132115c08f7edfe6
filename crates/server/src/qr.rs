//! QR codes as an SVG path. Knows no colour and no page.

use contract::qr::QrDrawing;
use qrcode::{Color, QrCode};
use std::fmt::Write;

/// So many light modules a reader wants around the code.
const QUIET: usize = 4;

/// A row's dark neighbours are one rectangle. Nothing if the text is longer than a QR code holds.
pub fn drawing(text: &str) -> Option<QrDrawing> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    Some(QrDrawing { size: u32::try_from(width + 2 * QUIET).ok()?, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path drawn, a module a cell.
    fn drawn(qr: &QrDrawing) -> Vec<Vec<bool>> {
        let size = qr.size as usize;
        let mut cells = vec![vec![false; size]; size];
        for run in qr.path.split_terminator('z') {
            let numbers: Vec<usize> =
                run.split(|letter: char| !letter.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [x, y, across, down, back] = numbers[..] else { panic!("{run}") };
            assert_eq!((run, down, back), (format!("M{x} {y}h{across}v1h-{across}").as_str(), 1, across));
            for cell in &mut cells[y][x..x + across] {
                assert!(!std::mem::replace(cell, true), "{x} {y} is drawn twice");
            }
        }
        cells
    }

    /// What a reader makes of it, seen at five dots a module.
    fn read(qr: &QrDrawing) -> String {
        let cells = drawn(qr);
        let size = cells.len() * 5;
        let mut image = rqrr::PreparedImage::prepare_from_bitmap(size, size, |x, y| cells[y / 5][x / 5]);
        image.detect_grids().first().unwrap().decode().unwrap().1
    }

    #[test]
    fn a_reader_reads_what_was_written() {
        for text in
            ["otpauth://totp/Plan:anna%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Plan", "ä", "0"]
        {
            assert_eq!(read(&drawing(text).unwrap()), text);
        }
    }

    #[test]
    fn nothing_is_drawn_in_the_quiet_zone() {
        let cells = drawn(&drawing("text").unwrap());
        let last = cells.len() - 1;
        for (y, row) in cells.iter().enumerate() {
            for (x, is_dark) in row.iter().enumerate() {
                let is_quiet = [x, y, last - x, last - y].into_iter().min() < Some(4);
                assert!(!(is_quiet && *is_dark), "{x} {y}");
            }
        }
        // The corners of a code are dark but for the last.
        assert_eq!([cells[4][4], cells[4][last - 4], cells[last - 4][4]], [true; 3]);
    }

    #[test]
    fn neighbours_are_one_rectangle() {
        let qr = drawing("text").unwrap();
        assert!(qr.path.starts_with("M4 4h7v1h-7z"), "{}", qr.path);
        let runs: usize = drawn(&qr).iter().map(|row| row.chunk_by(|l, r| l == r).filter(|run| run[0]).count()).sum();
        assert_eq!(qr.path.matches('M').count(), runs);
    }

    #[test]
    fn too_long_a_text_is_none() {
        assert_eq!(drawing(&"x".repeat(3000)), None);
    }
}
