//! The OpenAPI document: generated from the handlers, completed here with what holds for every call (errors as problem
//! documents, the session's cookie, `Origin`), served at `/api/v1/openapi.json` and committed beside this crate. A test
//! keeps the committed one current.

use crate::state::App;
use axum::{extract::State, http::header, response::IntoResponse};
use contract::{
    Identifier,
    portal::{IdentifierField, RegionProfile},
};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

const SESSION: &str = "session";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const ABOUT: &str = "Pay the bills of a health plan. Amounts are decimal strings with two places, dates are YYYY-MM-DD, instants are \
    RFC 3339. An error is an RFC 9457 problem document: act on `status`, `code` and `errors`; unknown codes and fields are to be \
    tolerated. A write needs an `Origin` header equal to the server's public origin. Bodies are at most 64 KiB of JSON. \
    `POST /payments` takes an `Idempotency-Key` (a UUID): the same key and order give the same payment again, with \
    `Idempotency-Replayed: true`.";

/// A program serves one deployment.
static TEXT: OnceLock<String> = OnceLock::new();

/// The document of a deployment with these regions, as it is committed for the demo's: indented, keys in order, one
/// line feed at the end.
pub fn text(regions: &[RegionProfile]) -> String {
    let mut text = serde_json::to_string_pretty(&document(regions)).unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /api/v1/openapi.json`
pub async fn serve(State(app): State<App>) -> impl IntoResponse {
    let text = TEXT.get_or_init(|| text(&app.portal.regions)).as_str();
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], text)
}

fn document(regions: &[RegionProfile]) -> Value {
    let (_, generated) = super::router::api().split_for_parts();
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    document["info"] = json!({
        "title": "kppay billing API",
        "version": "1",
        "description": ABOUT,
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/api/v1" }]);
    document["components"]["securitySchemes"] = json!({ SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": "kppay_session",
        "description": "Opaque, HttpOnly, SameSite=Lax; set by a look-up. Over TLS its name is `__Host-kppay_session`.",
    }});
    let schemas = document["components"]["schemas"].take();
    document["components"]["schemas"] = with_problem_details(schemas);
    document["components"]["schemas"]["BillLookup"] = bill_lookup(regions);
    // Enums whose unknown values are taken, in a draft too.
    for (name, known, otherwise) in [
        ("CardFunding", json!(["credit", "debit", "hsa_fsa"]), "unknown"),
        ("CardBrand", json!(["visa", "mastercard", "amex", "discover"]), "other"),
    ] {
        document["components"]["schemas"][name] = json!({
            "type": "string",
            "description": format!("One that is not known is taken as `{otherwise}`."),
            "examples": known,
        });
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for method in METHODS {
                if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                    complete(operation, path, method);
                }
            }
        }
    }
    document
}

/// The schemas of an error response, which no handler names.
fn with_problem_details(schemas: Value) -> Value {
    use contract::{FieldProblem, problem_details};
    use utoipa::{PartialSchema, ToSchema};
    let mut all = match schemas {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    let named = [
        (problem_details::ProblemDetails::name(), problem_details::ProblemDetails::schema()),
        (problem_details::FieldError::name(), problem_details::FieldError::schema()),
        (problem_details::ErrorCode::name(), problem_details::ErrorCode::schema()),
        (FieldProblem::name(), FieldProblem::schema()),
    ];
    for (name, schema) in named {
        all.insert(name.into_owned(), serde_json::to_value(schema).unwrap_or_default());
    }
    Value::Object(all)
}

/// What identifies a bill differs by region: one shape a region.
fn bill_lookup(regions: &[RegionProfile]) -> Value {
    let shapes = regions.iter().map(|profile| {
        let required: Vec<&str> = profile.schema.iter().map(|field| field.identifier.key()).collect();
        let fields: Map<String, Value> =
            profile.schema.iter().map(|field| (field.identifier.key().to_owned(), identifier(field))).collect();
        json!({
            "type": "object",
            "required": ["region", "identifiers"],
            "additionalProperties": false,
            "properties": {
                "region": { "type": "string", "const": profile.region.code() },
                "identifiers": {
                    "type": "object",
                    "required": required,
                    "additionalProperties": false,
                    "properties": fields,
                },
            },
        })
    });
    json!({
        "description": "What is printed on the statement: which identifiers, and how long they are, is data of the region, and of \
            the deployment (`GET /portal`). Spaces, hyphens and lower case are taken too.",
        "oneOf": shapes.collect::<Vec<_>>(),
    })
}

fn identifier(field: &IdentifierField) -> Value {
    let (min, max) = (field.min, field.max);
    let pattern = match field.identifier {
        Identifier::Zip => "^[0-9]{5}(-[0-9]{4})?$".to_owned(),
        // Not all zeros.
        Identifier::Hrn => "^0*[1-9][0-9]*$".to_owned(),
        _ if field.digits_only => format!("^[0-9]{{{min},{max}}}$"),
        _ => format!("^[0-9A-Z]{{{min},{max}}}$"),
    };
    json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": pattern, "examples": [field.sample] })
}

/// Adds the error responses that every call of this shape can have, and gives each error response its schema. A handler
/// that says 401 is one that needs the session.
fn complete(operation: &mut Map<String, Value>, path: &str, method: &str) {
    let is_write = method != "get";
    let has_body = operation.contains_key("requestBody");
    let is_private = operation.get("responses").is_some_and(|responses| responses.get("401").is_some());
    let has_query = parameters(operation).any(|parameter| parameter["in"] == "query");
    let mut shared = vec![("500", "An internal error. It is logged; its details are not exposed.")];
    if is_write {
        shared.push(("403", "`Origin` is missing or not this server's."));
    }
    if is_private {
        operation.insert("security".to_owned(), json!([{ SESSION: [] }]));
        shared.push(("401", "No session, or it has ended."));
    }
    if has_body || has_query {
        shared.push(("400", "Not understood: not JSON, wrong types, unknown fields."));
    }
    if has_body {
        shared.push(("413", "More than 64 KiB."));
        shared.push(("415", "The body is not `application/json`."));
        shared.push(("422", "Understood and refused: `code` says why, `errors` which fields."));
    }
    if path.contains('{') {
        shared.push(("404", "There is no such thing, or it is not yours to see."));
    }
    if is_write {
        let origin = json!({
            "name": "Origin",
            "in": "header",
            "required": true,
            "description": "The server's public origin.",
            "schema": { "type": "string" },
        });
        if let Some(list) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
            list.push(origin);
        }
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for (status, description) in shared {
        let response = responses.entry(status).or_insert_with(|| json!({}));
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!(description);
        }
    }
    for (status, response) in responses {
        if status.starts_with(['4', '5']) {
            response["content"] =
                json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/ProblemDetails" } } });
        }
        if status == "429" || status == "503" {
            response["headers"]["Retry-After"] =
                json!({ "description": "Seconds.", "required": true, "schema": { "type": "integer", "minimum": 1 } });
        }
    }
}

fn parameters(operation: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    operation.get("parameters").and_then(Value::as_array).into_iter().flatten()
}
