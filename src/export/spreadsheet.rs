//! CSV for spreadsheets: RFC 4180, UTF-8 with an optional byte order mark, and without cells that run as
//! formulas.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

use super::column::{FileColumn, FileValue};
use crate::{db::Cell, engine::InternalError};

/// Makes spreadsheets read the file as UTF-8 instead of a legacy encoding.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Appends the header line, after a byte order mark if the options say so.
pub(super) fn write_header<'a>(
    bytes: &mut Vec<u8>,
    byte_order_mark: bool,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), InternalError> {
    if byte_order_mark {
        bytes.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
    }
    let mut writer = csv_writer(bytes);
    writer.write_record(names)?;
    Ok(writer.flush()?)
}

/// Appends a line of cells.
pub(super) fn write_cells(
    bytes: &mut Vec<u8>,
    cells: impl Iterator<Item = Cell>,
) -> Result<(), InternalError> {
    let mut writer = csv_writer(bytes);
    for cell in cells {
        writer.write_field(cell_text(&cell).as_ref())?;
    }
    writer.write_record(None::<&[u8]>)?;
    Ok(writer.flush()?)
}

/// Appends the line of a row.
pub(super) fn write_row<Row>(
    bytes: &mut Vec<u8>,
    columns: &[FileColumn<Row>],
    row: &Row,
) -> Result<(), InternalError> {
    let cells = columns
        .iter()
        .map(|column| FileValue::into_csv_cell((column.value)(row), column.column_type));
    write_cells(bytes, cells)
}

fn csv_writer(bytes: &mut Vec<u8>) -> Writer<&mut Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .buffer_capacity(1024)
        .from_writer(bytes)
}

fn cell_text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Null => "".into(),
        Cell::Bool(value) => value.to_string().into(),
        Cell::Int(number) => number.to_string().into(),
        Cell::Float(number) => number.to_string().into(),
        Cell::Text(text) => escape_formula(text),
    }
}

/// Prefixes a text that a spreadsheet would run as a formula with a single quote, as OWASP recommends
/// ([CSV injection](https://owasp.org/www-community/attacks/CSV_Injection)): one that starts with `=`,
/// `+`, `-`, `@`, their full-width forms, a tab, or a line break, and is not a negative number.
fn escape_formula(text: &str) -> Cow<'_, str> {
    const FORMULA_STARTS: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
    if text.starts_with(FORMULA_STARTS) && !is_negative_number(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

fn is_negative_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('-')
        .is_some_and(|number| match number.split_once('.') {
            Some((whole, fraction)) => digits(whole) && digits(fraction),
            None => digits(number),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Cell]) -> String {
        let mut bytes = Vec::new();
        write_cells(&mut bytes, cells.iter().cloned()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn formulas_are_escaped_and_numbers_are_not() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+81 3", "'+81 3"),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("-", "'-"),
            ("-.5", "'-.5"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("\n=x", "\"'\n=x\""),
            ("＝1", "'＝1"),
            ("=\"a,b\"", "\"'=\"\"a,b\"\"\""),
            ("-122.5", "-122.5"),
            ("-7", "-7"),
            ("'Eua", "'Eua"),
            ("a=b", "a=b"),
        ] {
            let line = line(&[Cell::Text(cell.into()), Cell::Int(1)]);
            assert_eq!(line, format!("{expected},1\r\n"));
        }
        let numbers = [Cell::Float(-122.5), Cell::Int(-7), Cell::Float(34.0)];
        assert_eq!(line(&numbers), "-122.5,-7,34\r\n");
    }

    #[test]
    fn line_ends_and_quotes_follow_rfc_4180() {
        assert_eq!(
            line(&[
                Cell::Text("a,b".into()),
                Cell::Text("a \"b\"".into()),
                Cell::Text("a\nb".into()),
                Cell::Null,
                Cell::Bool(true),
            ]),
            "\"a,b\",\"a \"\"b\"\"\",\"a\nb\",,true\r\n"
        );
    }
}
