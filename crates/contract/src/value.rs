//! Implements serde and `FromStr` for the value types of this crate, through their own `parse`.

/// Gives a type with `fn parse(&str) -> Result<Self, Problem>` and `Display` the rest: `FromStr`, serde as a string,
/// and (with the `openapi` feature) a schema: a string with the given pattern.
macro_rules! text_value {
    ($($type:ident: $pattern:expr),+ $(,)?) => {$(
        impl std::str::FromStr for $type {
            type Err = $crate::FieldProblem;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(from)?;
                Self::parse(&text).map_err(|problem| serde::de::Error::custom(problem.key()))
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some($pattern))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $type {}
    )+};
}
pub(crate) use text_value;
