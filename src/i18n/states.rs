//! Texts of the states of a payment.

/// One word a payment state.
pub struct StateWords {
    pub scheduled: &'static str,
    pub processing: &'static str,
    pub paid: &'static str,
    pub failed: &'static str,
    pub returned: &'static str,
    pub refunded: &'static str,
    pub cancelled: &'static str,
}

pub const EN: StateWords = StateWords {
    scheduled: "Scheduled",
    processing: "Processing",
    paid: "Paid",
    failed: "Failed",
    returned: "Returned",
    refunded: "Refunded",
    cancelled: "Canceled",
};

pub const ES: StateWords = StateWords {
    scheduled: "Programado",
    processing: "En proceso",
    paid: "Pagado",
    failed: "Fallido",
    returned: "Devuelto",
    refunded: "Reembolsado",
    cancelled: "Cancelado",
};
