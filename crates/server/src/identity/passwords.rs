//! Passwords: hashing with Argon2id and the operator's pepper, verification, and a check of strength. Knows no
//! accounts.
//!
//! Hashing is slow by design, and the check is slow for some passwords, so both run on a bounded number of threads of
//! their own: sign-ins wait for their turn, and no other request waits. `limits` says how often one client may ask for
//! either.

mod common;

use crate::{
    bounded_pool::BoundedPool,
    error::{Error, Result},
};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use contract::{FieldProblem, Password, problem_details::ErrorCode};
use std::sync::{Arc, Mutex, PoisonError};
use unicode_normalization::UnicodeNormalization;

/// OWASP, Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// A password that takes fewer guesses than this, by patterns and lists of common ones, is refused: ten million.
const LEAST_GUESSES_LOG10: f64 = 7.0;
/// Looking for patterns takes much longer than linear in the length, and signs that stand for several letters multiply
/// it; what is longer is not guessed by its patterns.
const CHECKED_CHARACTERS: usize = 32;
/// Each waits for some hundredths of a second.
const WAITING: usize = 100;

type Memory = Vec<Block>;

#[derive(Clone)]
pub struct Passwords {
    pepper: Arc<[u8]>,
    pool: BoundedPool,
    /// What a turn works in, kept for the next one: taken and given back each time, 19 MiB pile up in the allocator.
    memories: Arc<Mutex<Vec<Memory>>>,
    /// The hash of a random password: compared when there is no account, so that the response takes as long.
    unknown: Arc<str>,
}

impl Passwords {
    /// `at_once` is how many may be hashed at the same time; each takes 19 MiB.
    pub fn new(pepper: &str, at_once: usize) -> Self {
        let mut passwords = Self {
            pepper: pepper.as_bytes().into(),
            pool: BoundedPool::new(at_once, WAITING),
            memories: Arc::default(),
            unknown: "".into(),
        };
        passwords.unknown = passwords
            .with_memory(|memory| passwords.hash_now(memory, "nobody has this password"))
            .unwrap_or_default()
            .into();
        passwords
    }

    fn hash_now(&self, memory: &mut Memory, password: &str) -> Option<String> {
        let mut salt = [0; Salt::RECOMMENDED_LENGTH];
        getrandom::fill(&mut salt).ok()?;
        let like = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?).ok()?,
            salt: Some(Salt::new(&salt).ok()?),
            hash: None,
        };
        let output = self.output(memory, password, &like)?;
        Some(PasswordHash { hash: Some(output), ..like }.to_string())
    }

    fn is_right_now(&self, memory: &mut Memory, password: &str, hash: &str) -> Option<bool> {
        let known = PasswordHash::new(hash).ok()?;
        // Outputs are compared in constant time.
        Some(self.output(memory, password, &known)? == known.hash?)
    }

    /// What a password comes to with the salt and the parameters of a hash.
    fn output(&self, memory: &mut Memory, password: &str, like: &PasswordHash) -> Option<Output> {
        let params = Params::try_from(like).ok()?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        memory.resize(params.block_count().max(memory.len()), Block::new());
        let algorithm = Algorithm::try_from(like.algorithm.as_str()).ok()?;
        let argon = Argon2::new_with_secret(&self.pepper, algorithm, like.version?.try_into().ok()?, params).ok()?;
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length)?;
        let (password, salt) = (normalised(password), like.salt.as_ref()?);
        argon.hash_password_into_with_memory(password.as_bytes(), salt, output, memory).ok()?;
        Output::new(output).ok()
    }

    pub async fn hash(&self, password: &Password) -> Result<String> {
        let (own, password) = (self.clone(), password.clone());
        let hashed = self.in_turn(move |memory| own.hash_now(memory, password.reveal())).await?;
        hashed.ok_or_else(|| Error::new(ErrorCode::Fault))
    }

    /// Whether it is the one that `known` was made of. Takes as long when there is none.
    pub async fn is_right(&self, password: &Password, known: Option<&str>) -> Result<bool> {
        let (own, password) = (self.clone(), password.clone());
        let (is_known, hash) = (known.is_some(), known.unwrap_or(&self.unknown).to_owned());
        let is_same = self.in_turn(move |memory| own.is_right_now(memory, password.reveal(), &hash));
        Ok(is_same.await?.unwrap_or(false) && is_known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Result<T> {
        let own = self.clone();
        self.pool.run(move || own.with_memory(work)).await
    }

    /// Why a password that is long enough is refused all the same: see `weakness`.
    pub async fn weakness(
        &self,
        password: &Password,
        service: &[&str],
        owner: Vec<String>,
    ) -> Result<Option<FieldProblem>> {
        let password = password.clone();
        let service: Vec<String> = service.iter().map(|name| (*name).to_owned()).collect();
        let judge = move || weakness(&password, &texts(&service), &texts(&owner));
        self.pool.run(judge).await
    }

    fn with_memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        let memories = || self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = memories().pop().unwrap_or_default();
        let done = work(&mut memory);
        memories().push(memory);
        done
    }
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn normalised(password: &str) -> String {
    password.nfkc().collect()
}

/// Why a password that is long enough is still rejected. `service` has the names of this service, `owner` the account's
/// user ID and its owner's name.
fn weakness(password: &Password, service: &[&str], owner: &[&str]) -> Option<FieldProblem> {
    let typed = normalised(password.reveal()).to_lowercase();
    let names = |parts: &[&str]| {
        parts.iter().map(|part| part.to_lowercase()).any(|part| part.chars().count() >= 3 && typed.contains(&part))
    };
    if names(service) {
        return Some(FieldProblem::NamesService);
    }
    if names(owner) {
        return Some(FieldProblem::NamesOwner);
    }
    if common::is_common(&typed) {
        return Some(FieldProblem::Common);
    }
    let looked_at: String = typed.chars().take(CHECKED_CHARACTERS).collect();
    (zxcvbn::zxcvbn(&looked_at, &[]).guesses_log10() < LEAST_GUESSES_LOG10).then_some(FieldProblem::Common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_known_again_in_any_of_its_unicode_forms() {
        let passwords = Passwords::new("pepper", 1);
        let hash = passwords.hash(&password("cafe\u{301} \u{fb01}ve \u{ff11}23 lanterns")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.is_right(&password("caf\u{e9} five 123 lanterns"), Some(&hash)).await.unwrap());
        assert!(!passwords.is_right(&password("cafe five 123 lanterns"), Some(&hash)).await.unwrap());
        assert!(!passwords.is_right(&password("nobody has this password"), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_is_what_it_is_for_everybody_whatever_was_hashed_before() {
        // Both by the reference implementation; the second one needs less memory than was there.
        let hashes = [
            "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$v4zg+dRBHyT26jyj2wqRoRFzek9KrmRz7XrhUDkDCkw",
            "$argon2id$v=19$m=1024,t=3,p=2$c2l4dGVlbiBieXRlcyBvaw$58TmSrelJRe8PDlp7Q9fXnYAonWbqBIv",
        ];
        let passwords = Passwords::new("", 1);
        for hash in hashes.iter().cycle().take(4) {
            assert!(passwords.is_right(&password("copper river lantern seven"), Some(hash)).await.unwrap(), "{hash}");
            assert!(!passwords.is_right(&password("copper river lantern eight"), Some(hash)).await.unwrap(), "{hash}");
        }
        let known = hashes[0];
        for broken in
            ["", "$argon2id$", &known[..known.len() - 11], &known.replace("v=19", "v=7"), &known.replace("2id", "2x")]
        {
            let is_right = passwords.is_right(&password("copper river lantern seven"), Some(broken)).await;
            assert!(!is_right.unwrap(), "{broken}");
        }
    }

    #[tokio::test]
    async fn without_the_pepper_a_stolen_hash_is_worth_nothing() {
        let hash = Passwords::new("pepper", 1).hash(&password("copper river lantern seven")).await.unwrap();
        let attacker = Passwords::new("", 1);
        assert!(!attacker.is_right(&password("copper river lantern seven"), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn the_same_password_is_never_hashed_to_the_same() {
        let passwords = Passwords::new("", 1);
        let one = passwords.hash(&password("copper river lantern seven")).await.unwrap();
        assert_ne!(one, passwords.hash(&password("copper river lantern seven")).await.unwrap());
    }

    #[test]
    fn what_is_easy_to_guess_is_refused_with_the_reason() {
        let owner = ["ana.oneill@example.org", "ana.oneill", "O’Neill"];
        for (text, why) in [
            ("passwordpassword", Some(FieldProblem::Common)),
            ("aaaaaaaaaaaaaaaaaaaa", Some(FieldProblem::Common)),
            ("abcdefghijklmnopqrstuvwxyz", Some(FieldProblem::Common)),
            ("qwertyuiopasdfghjkl", Some(FieldProblem::Common)),
            ("123456789012345678", Some(FieldProblem::Common)),
            // Of breaches: no pattern gives these away.
            ("LHBJKJUBZ2957704", Some(FieldProblem::Common)),
            ("nemvxyheqdd5oqxyxyzi", Some(FieldProblem::Common)),
            ("\u{ff4e}e_e_pod_chehyl", Some(FieldProblem::Common)),
            ("paying with kppay every month", Some(FieldProblem::NamesService)),
            ("Ana.ONeill@example.org is me", Some(FieldProblem::NamesOwner)),
            ("copper river lantern seven", None),
            ("\u{5bc6}\u{7801}\u{957f}\u{6c5f}\u{9ed1}\u{677f}\u{8f6e}\u{8239}", None),
        ] {
            assert_eq!(weakness(&password(text), &["kppay"], &owner), why, "{text}");
        }
    }

    #[test]
    fn a_common_password_stays_common_with_spaces_capitals_and_a_number() {
        for text in [
            "correct horse battery staple",
            "correcthorsebatterystaple",
            "Correct-Horse-Battery-Staple!",
            "correct.horse.battery.staple.2026",
            "passwordispassword",
            "My password is password 1!",
            "maytheforcebewithyou",
            "May the Force be with you…",
            "supercalifragilisticexpialidocious",
            "Supercalifragilistic-Expialidocious 64",
            "jesuschristsuperstar",
            "1973 Jesus Christ Superstar",
            "manchesterunited1",
            "Manchester United 1999",
            "iloveyousomuch123",
            "I love you so much!!! 14/02/2020",
            "To be, or not to be: that is the question",
            "You'll Never Walk Alone #1892",
        ] {
            assert_eq!(weakness(&password(text), &["kppay"], &[]), Some(FieldProblem::Common), "{text}");
        }
    }

    #[test]
    fn a_passphrase_of_words_that_nobody_put_together_before_is_taken() {
        for text in [
            "manchester copper lantern 1",
            "correct lantern, battery river",
            "the tram to Ostrava leaves at 0547",
            "sieben kupferne Laternen am Fluss",
            "hV7#pq2Lz!mWc9xT",
            "4kq9-zt7w-m2xh-83pd",
            "eleven otters borrowed my umbrella",
            "\u{43c}\u{435}\u{434}\u{43d}\u{44b}\u{439} \u{444}\u{43e}\u{43d}\u{430}\u{440}\u{44c} \u{443} \u{440}\u{435}\u{43a}\u{438}",
        ] {
            assert_eq!(weakness(&password(text), &["kppay"], &[]), None, "{text}");
        }
    }

    #[test]
    fn a_very_long_password_is_looked_at_in_no_time() {
        let began = std::time::Instant::now();
        assert_eq!(weakness(&password(&"copper river lantern seven ".repeat(9)), &["kppay"], &[]), None);
        // Its letters stand for others: all of it takes a hundred times as long as an ordinary password.
        let dear = "0484[%|@4{$$56[4i08l7i<@$<|l0@1<i6!749808<1$l%l64{|3@9[<+{$i%44iii!5!<ii";
        assert_eq!(weakness(&password(dear), &["kppay"], &[]), None);
        println!("{:?}", began.elapsed());
        assert!(began.elapsed().as_millis() < 3_000, "{:?}", began.elapsed());
    }
}
