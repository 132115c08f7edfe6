//! The processor's capture frame and the messages it sends.
