//! The page after a registration was submitted: where the confirmation e-mail went, and sending it again, or to another
//! address with the chosen password. It says the same whether there is an account or not.

use super::Enrolment;
use crate::{
    api::Client,
    billing::REGISTERING,
    form::Problems,
    i18n::{say, t},
    route::{Enter, Pay},
    ui::{
        BillingPhone, ButtonLink, Failure, FormState, Keyboard, Notice, PasswordField, Stepper, SubmitButton,
        TextField, dynamic, page_heading,
    },
};
use contract::{Email, Password, account::ConfirmationEmail};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Email,
    Password,
}

/// The form that sends the e-mail again: to the same address, or to another one with the password.
#[derive(Clone, Copy)]
struct EmailForm {
    enrolment: Enrolment,
    form: FormState<Field>,
    email: RwSignal<String>,
    password: RwSignal<String>,
    /// It was sent again.
    is_again: RwSignal<bool>,
    client: StoredValue<Client>,
}

impl EmailForm {
    fn new(enrolment: Enrolment) -> Self {
        let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let form = FormState::new(
            [(Field::Email, email), (Field::Password, password)],
            |w, field, problem| match field {
                Field::Email => (w.fields().email)(w.account().register.email, problem),
                Field::Password => (w.account().register.chosen_wrong)(problem),
            },
            |field| match field {
                Field::Email => "email",
                Field::Password => "password",
            },
        );
        let client = StoredValue::new(Client::here());
        Self { enrolment, form, email, password, is_again: RwSignal::new(false), client }
    }

    /// Tracks.
    fn check(self) -> Result<(Email, Password), Problems<Field>> {
        let mut problems = Problems::default();
        let email = problems.check(Field::Email, self.email.with(|email| Email::parse(email)));
        let password = problems.check(Field::Password, self.password.with(|password| Password::parse(password)));
        problems.or(email.zip(password))
    }

    fn send_again(self) {
        if self.form.begin(Ok(())).is_some() {
            self.send(None);
        }
    }

    fn submit(self, event: SubmitEvent) {
        event.prevent_default();
        if let Some(to) = self.form.begin(untrack(|| self.check())) {
            self.send(Some(to));
        }
    }

    fn send(self, to: Option<(Email, Password)>) {
        let client = self.client.get_value();
        self.is_again.set(false);
        spawn_local(async move {
            let (to, chosen) = to.unzip();
            let request = ConfirmationEmail { email: to.clone(), password: chosen };
            let field = |path: &str| match path {
                "email" => Some(Field::Email),
                "password" => Some(Field::Password),
                _ => None,
            };
            if self.form.end(client.send_confirmation(&request).await, field).is_some() {
                self.is_again.set(true);
                if let Some(to) = to {
                    self.enrolment.sent_to.set(Some(to.to_string()));
                    self.email.set(String::new());
                    self.password.set(String::new());
                    self.form.refused.set(0);
                }
            }
        });
    }
}

#[component]
pub fn RegisterEmailPage() -> impl IntoView {
    let enrolment = Enrolment::here();
    enrolment.arrive();
    enrolment.lead(|registration| registration.is_sent, Enter::RegisterYou);
    let own = EmailForm::new(enrolment);
    let EmailForm { form, email, password, is_again, .. } = own;
    let h1 = page_heading(form.title(|w| w.account().register.email_title));
    let lead = say(move |w| match enrolment.sent_to.get() {
        Some(to) => (w.account().register.email_lead)(&to),
        None => w.account().register.email_lead_unknown.to_owned(),
    });
    form.revalidate_on_change(move || own.check().err().unwrap_or_default());
    let sent = dynamic(move || {
        if is_again.get() {
            view! { <Notice words=t(|w| w.account().register.sent_again)/> }.into_any()
        } else {
            ().into_any()
        }
    });
    let failed = Signal::derive(move || enrolment.failed());
    let again = move |_| own.send_again();
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Stepper steps=&REGISTERING step=4 is_sent=true/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().register.email_title)}</h1>
                <p class="pay-lead">{lead}</p>
                <p>{t(|w| w.account().register.email_code)}</p>
                <Failure error=failed/>
                {form.notice()}
                <div role="status" class="pay-live">{sent}</div>
                {form.summary()}
                <p class="pay-row"><ButtonLink to=Pay::Amount words=t(|w| w.account().register.meanwhile)/></p>
            </div>
            <section class="pay-sheet">
                <form class="pay-form" novalidate on:submit=move |event| own.submit(event)>
                    <h2>{t(|w| w.account().register.not_there)}</h2>
                    <p><button class="pay-button" type="button" on:click=again>{t(|w| w.account().register.again)}</button></p>
                    <TextField id="email" label=t(|w| w.account().register.other_address) value=email error=form.error(Field::Email)
                        keyboard=Keyboard { mode: "email", autocomplete: "email", width: "" }/>
                    <PasswordField id="password" label=t(|w| w.account().register.chosen) value=password hint=None
                        error=form.error(Field::Password) autocomplete="current-password"/>
                    <p><SubmitButton words=t(|w| w.account().register.send_there) busy=form.is_busy/></p>
                    <p>{t(|w| w.account().register.no_code)} " " <BillingPhone/></p>
                </form>
            </section>
        </div>
    }
}
