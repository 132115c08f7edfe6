//! Whether a payment is on time: the day on which it counts as paid, beside the day on which its bills are due.

pub struct TimingWords {
    /// If it clears.
    pub on_time: fn(day: &str) -> String,
    pub late: fn(day: &str, due: &str) -> String,
}

pub const EN: TimingWords = TimingWords {
    on_time: |day| format!("Counts as paid on {day}, on time."),
    late: |day, due| format!("Counts as paid on {day}. It was due {due}."),
};

pub const ES: TimingWords = TimingWords {
    on_time: |day| format!("Cuenta como pagado el {day}, a tiempo."),
    late: |day, due| format!("Cuenta como pagado el {day}. Vencía el {due}."),
};
