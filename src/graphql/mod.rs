//! x
mod id;mod edge;mod cursor;mod connection;