//! Whether a payment is on time: the day on which it counts as paid, beside the day on which its bills are due.

use super::super::format::plural;

pub struct TimingWords {
    /// If it clears.
    pub on_time: fn(day: &str) -> String,
    pub late: fn(day: &str, due: &str, bills: usize) -> String,
}

pub const EN: TimingWords = TimingWords {
    on_time: |day| format!("Counts as paid on {day}, on time."),
    late: |day, due, bills| {
        format!("Counts as paid on {day}. {} due {due}.", plural(bills, "It was", "The first bill was"))
    },
};

pub const ES: TimingWords = TimingWords {
    on_time: |day| format!("Cuenta como pagado el {day}, a tiempo."),
    late: |day, due, bills| {
        format!("Cuenta como pagado el {day}. {} el {due}.", plural(bills, "Vencía", "La primera factura vencía"))
    },
};
