//! What is chosen so far, with a tear line above the total.
