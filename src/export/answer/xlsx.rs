//! Workbooks of Excel (Office Open XML) with one sheet.

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value as Json;

use super::columns::TableColumn;
use crate::{
    db::Cell,
    engine::{ExecutionError, InternalError},
    graphql_error::GraphqlError,
};

pub(super) fn write(columns: &[TableColumn], rows: &[Json]) -> Result<Vec<u8>, ExecutionError> {
    write_workbook(columns, rows).map_err(|error| match error {
        XlsxError::MaxStringLengthExceeded => GraphqlError::bad_user_input(
            "a text or a list is longer than the 32,767 characters that a cell of an XLSX file may have; request another format",
        )
        .into(),
        XlsxError::RowColumnLimitError => GraphqlError::bad_user_input(
            "the table has more than the 1,048,576 rows or 16,384 columns that an XLSX file may have; request another format",
        )
        .into(),
        other => InternalError::from(io::Error::other(other)).into(),
    })
}

fn write_workbook(columns: &[TableColumn], rows: &[Json]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Equal answers give equal bytes, so a file has no time of its own.
    let time = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&time));
    let sheet = workbook.add_worksheet();
    let bold = Format::new().set_bold();
    for (column, index) in columns.iter().zip(0..) {
        sheet.write_string_with_format(0, index, &column.name, &bold)?;
    }
    for (row, row_index) in rows.iter().zip(1..) {
        for (column, column_index) in columns.iter().zip(0..) {
            write_cell(sheet, row_index, column_index, &column.cell(row))?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

/// Writes a cell. A text is never a formula, whatever it starts with.
fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Null => return Ok(()),
        Cell::Bool(value) => sheet.write_boolean(row, column, *value)?,
        // Excel has only doubles, which are exact for the integers of GraphQL.
        Cell::Int(number) => sheet.write_number(row, column, *number as f64)?,
        Cell::Float(number) => sheet.write_number(row, column, *number)?,
        Cell::Text(text) => sheet.write_string(row, column, text.as_ref())?,
    };
    Ok(())
}
