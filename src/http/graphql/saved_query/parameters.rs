//! The parameters of the address of a saved query, converted to the types of its variables.

use serde_json::{Map, Value};

use super::OperationVariable;
use crate::{export::is_tracking_parameter, http::error::HttpError, suggestion};

/// The parameters of the address of a saved query.
#[derive(Debug, PartialEq)]
pub(super) struct Parameters {
    pub(super) variables: Map<String, Value>,
    /// The list that becomes the rows of a table.
    pub(super) path: Option<String>,
    /// Whether a CSV file starts with a byte order mark.
    pub(super) byte_order_mark: bool,
}

impl Parameters {
    /// Converts the parameters to the types of the variables. An empty parameter, as forms send it, does not set the variable.
    ///
    /// # Errors
    /// 400 if a parameter is unknown, or a value does not have the type of its variable.
    pub(super) fn parse(query: &str, variables: &[OperationVariable]) -> Result<Self, HttpError> {
        let mut parsed = Self {
            variables: Map::new(),
            path: None,
            byte_order_mark: true,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if value.is_empty() || is_tracking_parameter(&name) {
                continue;
            }
            let variable = variables.iter().find(|variable| variable.name == name);
            match (variable, name.as_ref()) {
                (Some(variable), _) => parsed.set(variable, &value)?,
                (None, "path") => parsed.path = Some(value.into_owned()),
                (None, "bom") => {
                    parsed.byte_order_mark = parse_boolean(&name, &value)?;
                }
                (None, _) => return Err(unknown_parameter(&name, variables)),
            }
        }
        match variables
            .iter()
            .find(|variable| variable.is_required && !parsed.variables.contains_key(&variable.name))
        {
            None => Ok(parsed),
            Some(missing) => Err(HttpError::bad_request(format!(
                "the parameter {:?} is missing; it is of the type {}",
                missing.name, missing.ty
            ))),
        }
    }

    fn set(&mut self, variable: &OperationVariable, value: &str) -> Result<(), HttpError> {
        let name = &variable.name;
        if !variable.is_list {
            let value = convert(variable, value.trim())?;
            if self.variables.insert(name.clone(), value).is_some() {
                return Err(HttpError::bad_request(format!(
                    "the URL has more than one parameter {name:?}; send only one"
                )));
            }
            return Ok(());
        }
        // The JSON of input objects has commas of its own.
        let values: Vec<&str> = match variable.is_input_object {
            true => vec![value],
            false => value
                .split(',')
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .collect(),
        };
        let list = self
            .variables
            .entry(name.clone())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            for value in values {
                list.push(convert(variable, value)?);
            }
        }
        Ok(())
    }
}

/// Converts one value to the type of a variable. The engine checks the other scalars.
fn convert(variable: &OperationVariable, value: &str) -> Result<Value, HttpError> {
    let name = &variable.name;
    let invalid = |expected: &str| {
        HttpError::bad_request(format!(
            "the parameter {name:?} has the value {value:?}; it must be {expected}"
        ))
    };
    match variable.type_name.as_str() {
        "Int" => value
            .parse::<i32>()
            .map(Value::from)
            .map_err(|_| invalid("a whole number")),
        "Float" => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number.into()),
            _ => Err(invalid("a number")),
        },
        "Boolean" => parse_boolean(name, value).map(Value::from),
        _ if variable.is_input_object => match serde_json::from_str(value) {
            Ok(object @ Value::Object(_)) => Ok(object),
            _ => Err(invalid("a JSON object")),
        },
        _ if !variable.enum_values.is_empty() => {
            let mut values = variable.enum_values.iter();
            match values.find(|known| known.eq_ignore_ascii_case(value)) {
                Some(known) => Ok(known.as_str().into()),
                None => Err(invalid(&format!(
                    "one of {}",
                    variable.enum_values.join(", ")
                ))),
            }
        }
        _ => Ok(value.into()),
    }
}

fn parse_boolean(name: &str, value: &str) -> Result<bool, HttpError> {
    value.parse().map_err(|_| {
        HttpError::bad_request(format!(
            "the parameter {name:?} has the value {value:?}; it must be true or false"
        ))
    })
}

fn unknown_parameter(name: &str, variables: &[OperationVariable]) -> HttpError {
    let names = variables.iter().map(|variable| variable.name.as_str());
    let names: Vec<_> = names.chain(["path", "bom"]).collect();
    let hint = match suggestion::nearest(name, names.iter().copied()) {
        Some(nearest) => format!("did you mean {nearest:?}? "),
        None => String::new(),
    };
    HttpError::bad_request(format!(
        "unknown parameter {name:?}; {hint}the parameters are {}",
        names.join(", ")
    ))
}
