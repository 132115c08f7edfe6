//! Words of the pages that wait for the account: sign in and register.

pub struct AccountWords {
    pub sign_in: &'static str,
    pub register: &'static str,
    pub lead: &'static str,
    pub adds_title: &'static str,
    pub adds: &'static [&'static str],
    pub meanwhile: &'static str,
}

pub const EN: AccountWords = AccountWords {
    sign_in: "Sign in",
    register: "Register",
    lead: "This comes with your account, and accounts are not open here yet. You don’t need one to pay a bill.",
    adds_title: "What an account will add",
    adds: &[
        "Your current balance, and deposits",
        "The history of your payments",
        "Scheduled and automatic payments",
        "Saved payment methods and your profile",
    ],
    meanwhile: "Pay once, without an account",
};

pub const ES: AccountWords = AccountWords {
    sign_in: "Iniciar sesión",
    register: "Registrarse",
    lead: "Esto llegará con su cuenta, y aquí todavía no se abren cuentas. No necesita una para pagar una factura.",
    adds_title: "Lo que añadirá una cuenta",
    adds: &[
        "Su saldo actual y sus depósitos",
        "El historial de sus pagos",
        "Pagos programados y automáticos",
        "Formas de pago guardadas y su perfil",
    ],
    meanwhile: "Pagar una vez, sin cuenta",
};
