//! What the targets check. It lives with the tests, which hold the same properties against every input that
//! was ever found (`tests/fuzz`).

#[path = "../../tests/fuzz/properties/mod.rs"]
pub mod properties;
