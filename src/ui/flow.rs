//! Where the money went: a table whose rows draw themselves on one scale.
