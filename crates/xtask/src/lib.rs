//! What the commands and the load generator share: talking HTTP to our own servers, and telling a failure with its way
//! out. The commands themselves are the binary's, in `main.rs`.

pub mod failure;
pub mod http;
