//! E-mail addresses as they are compared: one mailbox, one text, however it was typed. A domain is compared in the form
//! in which DNS is asked (UTS 46, `xn--`), and what is before the `@` in lower case with composed accents.
//!
//! The tables for that are large, so the app does without them: `UserId` is lower case only.

use contract::{Email, UserId};
use unicode_normalization::UnicodeNormalization;

/// The form that is written, counted and compared. What is no address is nobody's, and stays as it is.
pub fn compared(id: &UserId) -> String {
    let typed: String = id.as_str().nfc().collect();
    let Some((local, domain)) = typed.rsplit_once('@') else { return typed };
    match idna::domain_to_ascii(domain) {
        Ok(domain) if !domain.is_empty() => format!("{local}@{domain}"),
        _ => typed,
    }
}

/// As it is handed to a mail server: a domain with letters of any script in the form in which DNS is asked, which every
/// mail server takes. What is before the `@` is the owner's, as it was typed.
pub fn mailed(typed: &str) -> String {
    let ascii = |domain: &str| idna::domain_to_ascii(domain).ok().filter(|domain| !domain.is_empty());
    match typed.rsplit_once('@').and_then(|(local, domain)| Some((local, ascii(domain)?))) {
        Some((local, domain)) => format!("{local}@{domain}"),
        None => typed.to_owned(),
    }
}

pub fn is_same(one: &Email, other: &Email) -> bool {
    compared(&one.user_id()) == compared(&other.user_id())
}

/// What rows may have: as it was typed, the form that is compared, and the one with letters of every script. A server
/// of an earlier version wrote the address as it was typed, in lower case.
pub fn spellings(id: &UserId) -> [String; 3] {
    let compared = compared(id);
    let read = match compared.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", idna::domain_to_unicode(domain).0),
        None => compared.clone(),
    };
    [id.as_str().to_owned(), compared, read]
}

/// Whether mail servers read the domain as another one, or not at all: a full-width letter as the ordinary one, a
/// ligature as its letters. What people see is then not where the e-mail goes.
pub fn is_misread(email: &Email) -> bool {
    let email = email.to_string();
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let (read, outcome) = idna::domain_to_unicode(domain);
    outcome.is_err() || read != domain && idna::domain_to_ascii(domain).ok().as_deref() != Some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(typed: &str) -> String {
        compared(&UserId::of(typed))
    }

    #[test]
    fn one_mailbox_is_one_text_however_it_was_typed() {
        let form = "ana@xn--bcher-kva.example";
        for typed in [
            form,
            "ana@b\u{fc}cher.example",
            " ANA@B\u{dc}CHER.EXAMPLE ",
            "ana@bu\u{308}cher.example",
            "ana@XN--BCHER-KVA.example",
            "ana@b\u{fc}cher\u{3002}example",
            "ana@\u{ff42}\u{fc}cher.example",
        ] {
            assert_eq!(of(typed), form, "{typed}");
        }
        assert_eq!(of("jos\u{e9}@example.org"), of("jose\u{301}@example.org"));
        // Where NFKC and UTS 46 part: a small letter of another shape, and an iota that is written below.
        assert_eq!(of("a@\u{1c80}\u{1c82}.example"), of("a@\u{432}\u{43e}.example"));
        assert_eq!(of("a@\u{3b1}\u{345}.example"), of("a@\u{3b1}\u{3b9}.example"));
        assert_ne!(of("a@stra\u{df}e.example"), of("a@strasse.example"));
        for other in ["", "ana", "ana@", "@", "ana@a_b.example", "ana@-.example", "a@b@example.org"] {
            assert_eq!(of(other), other);
        }
        assert_eq!(of("Ana@Example.org"), "ana@example.org");
    }

    #[test]
    fn mail_goes_to_the_form_of_a_domain_that_every_mail_server_takes() {
        assert_eq!(mailed("Ana@b\u{fc}cher.example"), "Ana@xn--bcher-kva.example");
        for same in ["Ana@example.org", "ana@xn--bcher-kva.example", "jos\u{e9}@example.org", "ana@a_b.example", "ana"]
        {
            assert_eq!(mailed(same), same);
        }
    }

    #[test]
    fn a_domain_that_is_read_as_another_one_is_known_and_both_of_its_own_forms_are_not() {
        let is_misread = |domain: &str| is_misread(&Email::parse(&format!("a@{domain}")).unwrap());
        for domain in ["example.org", "b\u{fc}cher.example", "xn--bcher-kva.example", "stra\u{df}e.example"] {
            assert!(!is_misread(domain), "{domain}");
        }
        for domain in [
            "\u{ff45}xample.org",
            "\u{1c80}.example",
            "\u{1100}\u{1161}a.example",
            "xn--a.example",
            "xn--stra\u{df}e.example",
        ] {
            assert!(is_misread(domain), "{domain}");
        }
    }
}
