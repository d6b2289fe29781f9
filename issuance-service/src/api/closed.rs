//! What a request may hold is said and nothing else is taken: the description says so of every object of a request, as the reading does
//! (`deny_unknown_fields`). The library says it of structs; of the variants of an enum it does not.

use std::collections::BTreeSet;

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// How the place of a schema begins in a reference.
const PLACE: &str = "#/components/schemas/";

/// Closes every object that a request can hold.
pub(super) fn close(document: &mut OpenApi) {
    let mut waiting = Vec::new();
    for item in document.paths.paths.values() {
        let operations = [&item.get, &item.put, &item.post, &item.delete, &item.patch];
        operations
            .into_iter()
            .flatten()
            .for_each(|operation| of_request(operation, &mut waiting));
    }
    let Some(components) = &mut document.components else {
        return;
    };
    let mut done = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if done.insert(name.clone())
            && let Some(RefOr::T(schema)) = components.schemas.get_mut(&name)
        {
            close_schema(schema, &mut waiting);
        }
    }
}

fn of_request(operation: &Operation, waiting: &mut Vec<String>) {
    let Some(RefOr::T(body)) = &operation.request_body else {
        return;
    };
    for content in body.content.values() {
        if let RefOr::T(content) = content
            && let Some(RefOr::Ref(reference)) = &content.schema
        {
            waiting.extend(name(&reference.ref_location));
        }
    }
}

fn name(place: &str) -> Option<String> {
    place.strip_prefix(PLACE).map(str::to_owned)
}

fn close_or_follow(schema: &mut RefOr<Schema>, waiting: &mut Vec<String>) {
    match schema {
        RefOr::Ref(reference) => waiting.extend(name(&reference.ref_location)),
        RefOr::T(schema) => close_schema(schema, waiting),
    }
}

fn close_schema(schema: &mut Schema, waiting: &mut Vec<String>) {
    match schema {
        Schema::Object(object) => {
            if !object.properties.is_empty() && object.additional_properties.is_none() {
                let nothing_else = AdditionalProperties::FreeForm(false);
                object.additional_properties = Some(Box::new(nothing_else));
            }
            let members = object.properties.values_mut();
            members.for_each(|member| close_or_follow(member, waiting));
        }
        Schema::OneOf(choice) => {
            let choices = choice.items.iter_mut();
            choices.for_each(|one| close_or_follow(one, waiting));
        }
        Schema::AnyOf(choice) => {
            let choices = choice.items.iter_mut();
            choices.for_each(|one| close_or_follow(one, waiting));
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                close_or_follow(items, waiting);
            }
        }
        // Parts of one object: what one of them closed, the others could not add to.
        _ => {}
    }
}
