//! Apache Parquet files, compressed with Zstandard.

use std::{io, sync::Arc};

use chrono::{DateTime, NaiveDate};
use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType, ZstdLevel},
    column::writer::{ColumnWriter, ColumnWriterImpl},
    data_type::{ByteArray, DataType},
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};
use serde_json::Value as Json;

use super::columns::{AnswerType, TableColumn};
use crate::{db::Cell, engine::InternalError};

impl From<ParquetError> for InternalError {
    fn from(error: ParquetError) -> Self {
        io::Error::other(error).into()
    }
}

pub(super) fn write(columns: &[TableColumn], rows: &[Json]) -> Result<Vec<u8>, InternalError> {
    let fields = columns
        .iter()
        .map(|column| Ok(Arc::new(column_type(column)?)));
    let schema = Type::group_type_builder("row")
        .with_fields(fields.collect::<Result<_, ParquetError>>()?)
        .build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(mut target) = group.next_column()? else {
            break;
        };
        write_column(target.untyped(), column, rows)?;
        target.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

fn column_type(column: &TableColumn) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.column_type {
        AnswerType::Text | AnswerType::List => {
            (PhysicalType::BYTE_ARRAY, Some(LogicalType::String))
        }
        AnswerType::Integer => (PhysicalType::INT32, None),
        AnswerType::Number => (PhysicalType::DOUBLE, None),
        AnswerType::Boolean => (PhysicalType::BOOLEAN, None),
        AnswerType::Date => (PhysicalType::INT32, Some(LogicalType::Date)),
        AnswerType::DateTime => {
            let unit = TimeUnit::MILLIS;
            let logical = LogicalType::timestamp(true, unit);
            (PhysicalType::INT64, Some(logical))
        }
    };
    Type::primitive_type_builder(&column.name, physical)
        // An object around the value may be null.
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

fn write_column(
    writer: &mut ColumnWriter<'_>,
    column: &TableColumn,
    rows: &[Json],
) -> Result<(), InternalError> {
    match writer {
        ColumnWriter::BoolColumnWriter(writer) => {
            write_values(writer, rows, |row| column.value(row).as_bool())
        }
        ColumnWriter::Int32ColumnWriter(writer) if column.column_type == AnswerType::Date => {
            write_values(writer, rows, |row| days(column.value(row).as_str()?))
        }
        ColumnWriter::Int32ColumnWriter(writer) => write_values(writer, rows, |row| {
            column.value(row).as_i64()?.try_into().ok()
        }),
        ColumnWriter::Int64ColumnWriter(writer) => write_values(writer, rows, |row| {
            milliseconds(column.value(row).as_str()?)
        }),
        ColumnWriter::DoubleColumnWriter(writer) => {
            write_values(writer, rows, |row| column.value(row).as_f64())
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            write_values(writer, rows, |row| match column.cell(row) {
                Cell::Text(text) => Some(ByteArray::from(&*text)),
                _ => None,
            })
        }
        _ => Err(InternalError::Data(format!(
            "no values for {}",
            column.name
        ))),
    }
}

/// Writes a column in which `None` is null.
fn write_values<T: DataType>(
    writer: &mut ColumnWriterImpl<'_, T>,
    rows: &[Json],
    value: impl Fn(&Json) -> Option<T::T>,
) -> Result<(), InternalError> {
    let cells: Vec<Option<T::T>> = rows.iter().map(value).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    writer.write_batch(&values, Some(&levels), None)?;
    Ok(())
}

/// Days since 1970.
fn days(date: &str) -> Option<i32> {
    Some(date.parse::<NaiveDate>().ok()?.to_epoch_days())
}

/// Milliseconds since 1970.
fn milliseconds(time: &str) -> Option<i64> {
    Some(DateTime::parse_from_rfc3339(time).ok()?.timestamp_millis())
}
